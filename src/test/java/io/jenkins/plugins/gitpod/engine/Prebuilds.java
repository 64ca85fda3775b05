package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Trigger;
import java.time.Duration;
import java.time.Instant;

/** Prebuilds as Gitpod would answer them, for tests without a Gitpod. */
record Prebuilds(Prebuild made) {

    static final String PROJECT = "0192aaaa-0000-7000-8000-000000000001";
    static final String CREATOR = "me";
    static final Instant CREATED = Instant.parse("2026-03-02T08:00:00Z");

    static Prebuild in(PrebuildPhase phase) {
        return named("p1").phase(phase).made();
    }

    static Prebuild in(PrebuildPhase phase, String statusVersion) {
        Prebuild made = in(phase);
        Prebuild.Status status = made.status();
        return new Prebuild(
                made.id(),
                made.metadata(),
                made.spec(),
                new Prebuild.Status(phase, status.rawPhase(), null, null, null, null, null, 0, 0, statusVersion));
    }

    static Prebuilds named(String id) {
        return new Prebuilds(new Prebuild(
                id,
                new Prebuild.Metadata(PROJECT, "regular", CREATOR, CREATED, Trigger.MANUAL),
                new Prebuild.Spec(PrebuildPhase.COMPLETED, null),
                new Prebuild.Status(
                        PrebuildPhase.PENDING, "PREBUILD_PHASE_PENDING", null, null, null, null, null, 0, 0, "1")));
    }

    Prebuilds phase(PrebuildPhase phase) {
        return status(phase, phase == PrebuildPhase.UNKNOWN ? "" : "PREBUILD_PHASE_" + phase, 0);
    }

    Prebuilds unknownPhase(String raw) {
        return status(PrebuildPhase.UNKNOWN, raw, 0);
    }

    Prebuilds snapshotting(int percentage) {
        return status(PrebuildPhase.SNAPSHOTTING, "PREBUILD_PHASE_SNAPSHOTTING", percentage);
    }

    private Prebuilds status(PrebuildPhase phase, String raw, int percentage) {
        return new Prebuilds(new Prebuild(
                made.id(),
                made.metadata(),
                made.spec(),
                new Prebuild.Status(phase, raw, null, null, null, null, null, percentage, 0, "1")));
    }

    Prebuilds timeout(Duration timeout) {
        return new Prebuilds(new Prebuild(
                made.id(), made.metadata(), new Prebuild.Spec(PrebuildPhase.COMPLETED, timeout), made.status()));
    }

    Prebuilds createdAt(Instant at) {
        return metadata(
                at,
                made.metadata().environmentClassId(),
                CREATOR,
                made.metadata().triggeredBy());
    }

    Prebuilds environmentClass(String id) {
        return metadata(
                made.metadata().createdAt(), id, CREATOR, made.metadata().triggeredBy());
    }

    Prebuilds creator(String id) {
        return metadata(
                made.metadata().createdAt(),
                made.metadata().environmentClassId(),
                id,
                made.metadata().triggeredBy());
    }

    Prebuilds trigger(Trigger trigger) {
        return metadata(made.metadata().createdAt(), made.metadata().environmentClassId(), CREATOR, trigger);
    }

    private Prebuilds metadata(Instant createdAt, String environmentClassId, String creatorId, Trigger trigger) {
        return new Prebuilds(new Prebuild(
                made.id(),
                new Prebuild.Metadata(PROJECT, environmentClassId, creatorId, createdAt, trigger),
                made.spec(),
                made.status()));
    }
}
