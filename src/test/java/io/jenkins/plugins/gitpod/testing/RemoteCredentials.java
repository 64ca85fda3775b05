package io.jenkins.plugins.gitpod.testing;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Item;
import hudson.model.ItemGroup;
import java.util.List;
import org.springframework.security.core.Authentication;

/** A remote secret store that has nothing, but may be in trouble when it is asked. */
public abstract class RemoteCredentials extends CredentialsProvider {

    /** Called for each question. May hang or throw. */
    protected abstract void asked();

    @NonNull
    @Override
    public final <C extends Credentials> List<C> getCredentialsInItem(
            @NonNull Class<C> type,
            @NonNull Item item,
            @Nullable Authentication authentication,
            @NonNull List<DomainRequirement> domainRequirements) {
        asked();
        return List.of();
    }

    @NonNull
    @Override
    public final <C extends Credentials> List<C> getCredentialsInItemGroup(
            @NonNull Class<C> type,
            @NonNull ItemGroup itemGroup,
            @Nullable Authentication authentication,
            @NonNull List<DomainRequirement> domainRequirements) {
        asked();
        return List.of();
    }
}
