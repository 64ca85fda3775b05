package io.jenkins.plugins.gitpod.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.WhenActive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamConstants;
import org.junit.jupiter.api.Test;

/**
 * The serialized form of a waiting step, as {@code program.dat} has it, written byte by byte: the name of a class, its
 * version and none of its fields, as if they were added later.
 */
class SavedProgramTest {

    private static Object withoutFields(String className) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
        out.writeShort(ObjectStreamConstants.STREAM_VERSION);
        out.writeByte(ObjectStreamConstants.TC_OBJECT);
        out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
        out.writeUTF(className);
        out.writeLong(1); // its serialVersionUID
        out.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
        out.writeShort(0); // fields
        out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
        out.writeByte(ObjectStreamConstants.TC_NULL); // superclass
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    private static void assertDefaults(PrebuildOptions options) {
        assertTrue(options.isWait());
        assertTrue(options.isPropagate());
        assertTrue(options.isCancelOnAbort());
        assertEquals(OnWarning.IGNORE, options.getOnWarning());
        assertEquals(Logs.ON_FAILURE, options.getLogs());
        assertEquals(WhenActive.START, options.getWhenActive());
        assertFalse(options.isForce());
        assertFalse(options.isOnlyProjectBranch());
        assertNull(options.getTimeout());
        assertNull(options.problem());
    }

    @Test
    void optionsWithoutFieldsHaveTheDefaults() throws Exception {
        assertDefaults((PrebuildOptions) withoutFields("io.jenkins.plugins.gitpod.options.PrebuildOptions"));
    }

    @Test
    void executionWithoutOptionsHasTheDefaults() throws Exception {
        assertDefaults(
                ((GitpodPrebuildExecution) withoutFields("io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildExecution"))
                        .options());
    }
}
