/**
 * Tests of ExAI and of its providers: virtual time, providers that follow a script, fake servers, and a check that
 * nothing is left over.
 */
@org.jspecify.annotations.NullMarked
module dev.exai.testkit {
    requires transitive dev.exai.core;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;
    requires static jdk.httpserver;
    requires static org.junit.jupiter.api;
    requires static okhttp3;
    requires static okhttp3.tls;
    requires static org.eclipse.jetty.alpn.server;
    requires static org.eclipse.jetty.http2.server;

    exports dev.exai.testkit;
    exports dev.exai.testkit.contract;
    exports dev.exai.testkit.contract.provider;
    exports dev.exai.testkit.fault;
    exports dev.exai.testkit.http;
    exports dev.exai.testkit.junit;
    exports dev.exai.testkit.script;
    exports dev.exai.testkit.storm;
    exports dev.exai.testkit.time;
}
