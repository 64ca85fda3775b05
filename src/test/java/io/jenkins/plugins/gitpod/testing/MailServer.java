package io.jenkins.plugins.gitpod.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Accepts all mails by SMTP, one connection at a time, and keeps them. */
public final class MailServer implements AutoCloseable {

    private final ServerSocket listener;
    private final List<String> mails = new CopyOnWriteArrayList<>();

    public MailServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "mail server of a test");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The recipients, the header, and the text of each mail, in the order of their arrival. */
    public List<String> mails() {
        return List.copyOf(mails);
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                talk(socket);
            } catch (IOException e) {
                // The connection or the server was closed.
            }
        }
    }

    private void talk(Socket socket) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        OutputStream out = socket.getOutputStream();
        StringBuilder mail = new StringBuilder();
        answer(out, "220 ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("QUIT")) {
                answer(out, "221 bye");
                return;
            } else if (line.startsWith("DATA")) {
                answer(out, "354 go on");
                for (String each = in.readLine(); each != null && !each.equals("."); each = in.readLine()) {
                    mail.append(each).append('\n');
                }
                mails.add(mail.toString());
                mail.setLength(0);
            } else if (line.startsWith("RCPT")) {
                mail.append(line).append('\n');
            }
            answer(out, "250 fine");
        }
    }

    private static void answer(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
