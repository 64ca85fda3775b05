/** What the documents for people say, held against the code. */
package io.jenkins.plugins.gitpod.docs;
