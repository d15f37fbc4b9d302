/**
 * Chat over any endpoint that speaks the OpenAI-compatible dialect, and the base that other providers stand on.
 */
@SuppressWarnings("module") // the modules that http and sse are exported to are built after this one
@org.jspecify.annotations.NullMarked
module dev.exai.providers.openai {
    requires transitive dev.exai.core;
    requires dev.exai.json;
    requires com.fasterxml.jackson.databind;
    requires transitive okhttp3;
    requires org.slf4j;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    exports dev.exai.providers.openai;
    exports dev.exai.providers.http to
            dev.exai.providers.glm,
            dev.exai.providers.kimi;
    exports dev.exai.providers.sse to
            dev.exai.providers.glm,
            dev.exai.providers.kimi;
}
