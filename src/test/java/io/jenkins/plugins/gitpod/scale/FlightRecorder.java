package io.jenkins.plugins.gitpod.scale;

import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jvnet.hudson.test.JenkinsRule;

/** Records in the measured Jenkins what its JVM does. */
public final class FlightRecorder {

    private static Recording recording;

    private FlightRecorder() {}

    /** Every write to a file is recorded, whatever its length, and every wait for a lock of a millisecond. */
    public static void start(JenkinsRule rule) throws Exception {
        recording = new Recording(Configuration.getConfiguration("profile"));
        for (String event : new String[] {"jdk.FileWrite", "jdk.FileForce"}) {
            recording.enable(event).withThreshold(Duration.ZERO).withStackTrace();
        }
        recording
                .enable("jdk.JavaMonitorEnter")
                .withThreshold(Duration.ofMillis(1))
                .withStackTrace();
        recording.enable("jdk.ThreadPark").withThreshold(Duration.ofMillis(1)).withStackTrace();
        recording.disable("jdk.SocketRead");
        recording.disable("jdk.NativeMethodSample");
        recording.start();
    }

    public static void stop(JenkinsRule rule, String file) throws Exception {
        recording.stop();
        recording.dump(Path.of(file));
        recording.close();
    }
}
