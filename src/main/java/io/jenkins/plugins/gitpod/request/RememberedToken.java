package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.util.UUID;

/** Remembers the last token of a request, because its log may be read after the request was closed. */
final class RememberedToken implements TokenSource {

    private final TokenSource source;

    @CheckForNull
    private volatile BearerToken last;

    RememberedToken(@NonNull TokenSource source) {
        this.source = source;
    }

    @NonNull
    @Override
    public BearerToken token() throws TokenUnavailableException {
        BearerToken token = source.token();
        last = token;
        return token;
    }

    @NonNull
    @Override
    public TokenSource of(@NonNull UUID requestId) {
        return source.of(requestId);
    }

    /** The last token, or a new one if none was looked up since Jenkins started. */
    @NonNull
    BearerToken lastOrNew() throws TokenUnavailableException {
        BearerToken token = last;
        return token == null ? token() : token;
    }
}
