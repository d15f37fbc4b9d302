/** JSON for ExAI over Jackson: codecs and schemas from records, and reading of JSON text that came from elsewhere. */
@org.jspecify.annotations.NullMarked
module dev.exai.json {
    requires transitive dev.exai.core;
    requires transitive com.fasterxml.jackson.databind;
    requires static transitive org.jspecify;

    exports dev.exai.json;
}
