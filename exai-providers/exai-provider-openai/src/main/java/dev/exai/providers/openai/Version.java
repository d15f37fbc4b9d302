package dev.exai.providers.openai;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this library, for the header that says who asks. */
final class Version {
    static final String TEXT = find();

    private Version() {}

    private static String find() {
        Properties properties = new Properties();
        try (InputStream in =
                Version.class.getResourceAsStream("/META-INF/maven/dev.exai/exai-provider-openai/pom.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException unreadable) {
            return "dev";
        }
        return properties.getProperty("version", "dev").replaceAll("[^A-Za-z0-9.+-]", "");
    }
}
