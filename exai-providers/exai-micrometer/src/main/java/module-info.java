/** Meters of ExAI for Micrometer. */
@org.jspecify.annotations.NullMarked
module dev.exai.micrometer {
    requires transitive dev.exai.core;
    requires transitive micrometer.core;
    requires static transitive org.jspecify;

    exports dev.exai.micrometer;
}
