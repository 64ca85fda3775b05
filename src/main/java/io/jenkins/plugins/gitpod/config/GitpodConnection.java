package io.jenkins.plugins.gitpod.config;

import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A named way to Gitpod: where its API is, and the credential to use when a job names none. */
public final class GitpodConnection extends AbstractDescribableImpl<GitpodConnection> {

    /** Where the API of the public service is. */
    public static final String DEFAULT_API_URL = "https://app.gitpod.io/api";

    private final String name;
    private final String apiUrl;
    private String credentialsId;
    private boolean sharedAccount;

    /**
     * @param name by which jobs ask for this connection
     * @param apiUrl base URL of the API, https (http on loopback only), such as {@value #DEFAULT_API_URL}
     */
    @DataBoundConstructor
    public GitpodConnection(String name, String apiUrl) {
        this.name = Util.fixNull(name).trim();
        this.apiUrl = Util.fixNull(apiUrl).trim();
    }

    @NonNull
    public String getName() {
        return name;
    }

    @NonNull
    public String getApiUrl() {
        return apiUrl;
    }

    /** Id of a secret text credential of Jenkins itself, or null. */
    @CheckForNull
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Whether the account behind the credential also starts prebuilds for others; see {@link Connection#sharedAccount}. */
    public boolean isSharedAccount() {
        return sharedAccount;
    }

    @DataBoundSetter
    public void setSharedAccount(boolean sharedAccount) {
        this.sharedAccount = sharedAccount;
    }

    /**
     * What the engine needs to know of it.
     *
     * @throws InvalidEndpointException if the URL is not usable, as it may be in a file edited by hand
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public Connection toEngine() throws InvalidEndpointException {
        return new Connection(name, GitpodEndpoint.parse(apiUrl), sharedAccount);
    }

    /** Form checks. */
    @Extension
    @Symbol("gitpodConnection")
    public static final class DescriptorImpl extends Descriptor<GitpodConnection> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodConnection_displayName();
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckName(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.GitpodConnection_noName())
                    : FormValidation.ok();
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckApiUrl(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                GitpodEndpoint.parse(Util.fixNull(value));
                return FormValidation.ok();
            } catch (InvalidEndpointException e) {
                return FormValidation.error(EndpointProblems.message(e));
            }
        }

        @POST
        @Restricted(NoExternalUse.class)
        public ListBoxModel doFillCredentialsIdItems(
                @QueryParameter String apiUrl, @QueryParameter String credentialsId) {
            StandardListBoxModel items = new StandardListBoxModel();
            if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
                return items.includeCurrentValue(credentialsId);
            }
            return items.includeEmptyValue()
                    .includeAs(
                            ACL.SYSTEM2,
                            Jenkins.get(),
                            StringCredentials.class,
                            URIRequirementBuilder.fromUri(Util.fixNull(apiUrl)).build())
                    .includeCurrentValue(credentialsId);
        }
    }
}
