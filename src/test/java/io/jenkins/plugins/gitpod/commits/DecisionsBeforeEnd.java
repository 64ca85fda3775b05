package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;

import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import java.time.Duration;

/** Keeps the console of each build open until its commits are decided, so that it has the lines about the decisions. */
public abstract class DecisionsBeforeEnd extends RunListener<Run<?, ?>> {

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        await().atMost(Duration.ofSeconds(60)).until(() -> Commits.undecided() == 0);
    }
}
