package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.simulator.Fault;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.Map;
import javax.net.SocketFactory;

/**
 * Sockets whose reads time out at once when the simulated server is known to hang, and by no other cause: so a hanging
 * server costs no real time, and a busy test machine is never taken for one. Each hanging request times out one read.
 */
final class HangDetectingSockets extends SocketFactory {

    /** How long a read is left alone before it is asked whether the server hangs. */
    private static final int GLANCE_MILLIS = 5;

    private final Map<Fault.Hang, Integer> givenUp = new HashMap<>();
    private final Runnable onTimeOut;

    /** @param onTimeOut lets pass the time that the time-out would have taken */
    HangDetectingSockets(Runnable onTimeOut) {
        this.onTimeOut = onTimeOut;
    }

    synchronized void watch(Fault.Hang hang) {
        givenUp.putIfAbsent(hang, 0);
    }

    private boolean isTimeUp() {
        synchronized (this) {
            Map.Entry<Fault.Hang, Integer> hanging = givenUp.entrySet().stream()
                    .filter(entry -> entry.getKey().held() > entry.getValue())
                    .findFirst()
                    .orElse(null);
            if (hanging == null) {
                return false;
            }
            hanging.setValue(hanging.getValue() + 1);
        }
        onTimeOut.run();
        return true;
    }

    @Override
    public Socket createSocket() {
        return new HangDetectingSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }

    private final class HangDetectingSocket extends Socket {

        private int limitMillis;

        @Override
        public synchronized void setSoTimeout(int timeout) {
            limitMillis = timeout;
        }

        @Override
        public synchronized int getSoTimeout() {
            return limitMillis;
        }

        private void glance(long millis) throws IOException {
            super.setSoTimeout((int) Math.max(1, Math.min(millis, GLANCE_MILLIS)));
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int limit = getSoTimeout();
                    long end = System.nanoTime() + limit * 1_000_000L;
                    while (true) {
                        long left = limit == 0 ? GLANCE_MILLIS : (end - System.nanoTime()) / 1_000_000;
                        glance(left);
                        try {
                            return in.read(bytes, offset, length);
                        } catch (SocketTimeoutException e) {
                            if (left <= 0 || isTimeUp()) {
                                throw e;
                            }
                        }
                    }
                }
            };
        }
    }
}
