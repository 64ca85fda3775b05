package io.jenkins.plugins.gitpod.engine;

/** Why no more lines of a prebuild's log come. */
public enum LogEnd {
    /** The log was read to its end. */
    COMPLETE,
    /** The reader was stopped. */
    STOPPED,
    /** The prebuild has ended, and the rest of its log took too long. */
    TOO_SLOW,
    /** The log has more bytes than are read. */
    TOO_LONG,
    /** There is no API token, or Gitpod issues no token for the log. */
    NO_TOKEN,
    /** The log's host does not accept the token that Gitpod issued for it. */
    REFUSED,
    /** The log does not exist, or no longer: it goes away with the prebuild's environment. */
    NOT_THERE,
    /** The log's host, or Gitpod, cannot be reached. */
    UNREACHABLE,
    /** Gitpod names no readable log. */
    UNREADABLE
}
