package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import hudson.ProxyConfiguration;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class JenkinsStreamProxiesTest {

    private final JenkinsStreamProxies proxies = new JenkinsStreamProxies();

    @Test
    void theProxyOfJenkinsItsExceptionsAndItsPassword(JenkinsRule jenkins) {
        assertThat(proxies.proxy("gitpod.example.com"), is(Proxy.NO_PROXY));
        assertThat(proxies.authorization(), is(nullValue()));
        jenkins.jenkins.setProxy(
                new ProxyConfiguration("127.0.0.1", 3128, "someone", "pass:word", "*.internal.example.com"));
        Proxy proxy = proxies.proxy("gitpod.example.com");
        assertThat(((InetSocketAddress) proxy.address()).getPort(), is(3128));
        assertThat(proxies.proxy("gitpod.internal.example.com"), is(Proxy.NO_PROXY));
        String credentials = Base64.getEncoder().encodeToString("someone:pass:word".getBytes(StandardCharsets.UTF_8));
        assertThat(proxies.authorization(), is("Basic " + credentials));
    }
}
