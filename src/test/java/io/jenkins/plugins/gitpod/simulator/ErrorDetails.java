package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** The typed details of Connect errors: base64 protobuf without padding, and a readable form beside it. */
final class ErrorDetails {
    private ErrorDetails() {}

    /** {@code google.rpc.RetryInfo}: field 1 is a duration of seconds (field 1) and nanoseconds (field 2). */
    static ObjectNode retryInfo(Duration wait) {
        ByteArrayOutputStream duration = new ByteArrayOutputStream();
        varintField(duration, 1, wait.getSeconds());
        varintField(duration, 2, wait.getNano());
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        bytesField(message, 1, duration.toByteArray());
        ObjectNode detail = detail("google.rpc.RetryInfo", message.toByteArray());
        detail.putObject("debug").put("retryDelay", WireFormat.duration(wait));
        return detail;
    }

    /** {@code gitpod.v1.ActionableErrorDetails}: field 2 is the text for people. */
    static ObjectNode actionable(String userMessage) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        textField(message, 2, userMessage);
        ObjectNode detail = detail("gitpod.v1.ActionableErrorDetails", message.toByteArray());
        detail.putObject("debug").put("userMessage", userMessage);
        return detail;
    }

    /** The same with an action, field 4: field 2 of it is the label, field 3 the path of a page of the dashboard. */
    static ObjectNode actionable(String userMessage, String label, String dashboardPath) {
        ByteArrayOutputStream action = new ByteArrayOutputStream();
        textField(action, 2, label);
        textField(action, 3, dashboardPath);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        textField(message, 2, userMessage);
        bytesField(message, 4, action.toByteArray());
        ObjectNode detail = detail("gitpod.v1.ActionableErrorDetails", message.toByteArray());
        ObjectNode debug = detail.putObject("debug").put("userMessage", userMessage);
        debug.putArray("actions").addObject().put("label", label).put("dashboardPath", dashboardPath);
        return detail;
    }

    private static void textField(ByteArrayOutputStream out, int field, String text) {
        bytesField(out, field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode detail(String type, byte[] value) {
        return Json.object()
                .put("type", type)
                .put("value", Base64.getEncoder().withoutPadding().encodeToString(value));
    }

    private static void varintField(ByteArrayOutputStream out, int field, long value) {
        if (value != 0) {
            out.write(field << 3);
            varint(out, value);
        }
    }

    private static void bytesField(ByteArrayOutputStream out, int field, byte[] value) {
        out.write(field << 3 | 2);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest > 0x7f) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
