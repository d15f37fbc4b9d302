package dev.exai.testkit.http;

import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** The certificate of one fake server, for the loopback address, and what a client needs to trust it. Immutable. */
public final class TestCertificate {
    private static final String MISSING =
            "TLS needs com.squareup.okhttp3:okhttp-tls, which the testkit does not bring" + " along";

    private final SSLContext server;
    private final SSLContext client;
    private final X509TrustManager trust;
    private final X509Certificate certificate;
    private final String pem;

    private TestCertificate(HeldCertificate held) {
        HandshakeCertificates ours =
                new HandshakeCertificates.Builder().heldCertificate(held).build();
        HandshakeCertificates theirs = new HandshakeCertificates.Builder()
                .addTrustedCertificate(held.certificate())
                .build();
        this.server = ours.sslContext();
        this.client = theirs.sslContext();
        this.trust = theirs.trustManager();
        this.certificate = held.certificate();
        this.pem = held.certificatePem();
    }

    static TestCertificate create() {
        try {
            return new TestCertificate(new HeldCertificate.Builder()
                    .commonName("exai fake provider")
                    .addSubjectAlternativeName("127.0.0.1")
                    .addSubjectAlternativeName("::1")
                    .addSubjectAlternativeName("localhost")
                    .build());
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(MISSING, e);
        }
    }

    SSLContext serverContext() {
        return server;
    }

    /** {@return what a client uses that trusts this certificate and no other} */
    public SSLContext clientContext() {
        return client;
    }

    /** {@return what trusts this certificate and no other} */
    public X509TrustManager trustManager() {
        return trust;
    }

    /** {@return the certificate} */
    public X509Certificate certificate() {
        return certificate;
    }

    /** {@return the certificate as text, for clients in other languages} */
    public String pem() {
        return pem;
    }
}
