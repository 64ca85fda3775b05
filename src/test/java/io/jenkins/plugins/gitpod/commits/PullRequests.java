package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.TaskListener;
import hudson.plugins.git.BranchSpec;
import hudson.plugins.git.GitSCM;
import hudson.scm.SCM;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMHeadEvent;
import jenkins.scm.api.SCMHeadObserver;
import jenkins.scm.api.SCMProbe;
import jenkins.scm.api.SCMProbeStat;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.SCMSourceCriteria;
import jenkins.scm.api.SCMSourceDescriptor;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;

/**
 * A source of one pull request, from the branch "topic" of a repository, which may be a fork, to "master", as the plugin of a
 * hosting service has it. Like such a plugin it tells its repository only by an SCM, for which it may have to call the host.
 */
public abstract class PullRequests extends SCMSource {

    /** How often this plugin has asked for an SCM; Jenkins itself does as well. */
    static final AtomicInteger ASKED_BY_PLUGIN = new AtomicInteger();

    private final String target;
    private final String origin;

    protected PullRequests(String target, String origin) {
        this.target = target;
        this.origin = origin;
    }

    @Override
    protected void retrieve(
            SCMSourceCriteria criteria,
            @NonNull SCMHeadObserver observer,
            SCMHeadEvent<?> event,
            @NonNull TaskListener listener)
            throws IOException, InterruptedException {
        PullRequest head = new PullRequest();
        observer.observe(head, new Revision(head));
    }

    @NonNull
    @Override
    public SCM build(@NonNull SCMHead head, SCMRevision revision) {
        if (StackWalker.getInstance()
                .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                        .anyMatch(name -> name.startsWith("io.jenkins.plugins.gitpod.checkout.")
                                || name.endsWith(".CheckoutListener")))) {
            ASKED_BY_PLUGIN.incrementAndGet();
        }
        boolean isRequest = head instanceof PullRequest;
        return new GitSCM(
                GitSCM.createRepoList(isRequest ? origin : target, null),
                List.of(new BranchSpec(isRequest ? "*/topic" : "*/master")),
                null,
                null,
                List.of());
    }

    @NonNull
    @Override
    protected SCMProbe createProbe(@NonNull SCMHead head, SCMRevision revision) {
        return new SCMProbe() {
            private static final long serialVersionUID = 1L;

            @Override
            public String name() {
                return head.getName();
            }

            @Override
            public long lastModified() {
                return 0;
            }

            @NonNull
            @Override
            public SCMProbeStat stat(@NonNull String path) {
                return SCMProbeStat.fromAlternativePath(path);
            }

            @Override
            public void close() {
                // holds nothing
            }
        };
    }

    /** Every source needs a descriptor. Each test that uses one has it as a test extension. */
    public abstract static class DescriptorBase extends SCMSourceDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return "Pull requests";
        }
    }

    private static final class PullRequest extends SCMHead implements ChangeRequestSCMHead {
        private static final long serialVersionUID = 1L;

        PullRequest() {
            super("PR-1");
        }

        @NonNull
        @Override
        public String getId() {
            return "1";
        }

        @NonNull
        @Override
        public SCMHead getTarget() {
            return new SCMHead("master");
        }
    }

    private static final class Revision extends SCMRevision {
        private static final long serialVersionUID = 1L;

        Revision(SCMHead head) {
            super(head);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Revision;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }
}
