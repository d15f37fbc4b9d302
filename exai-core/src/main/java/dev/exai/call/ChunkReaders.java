package dev.exai.call;

import dev.exai.message.Chunk;

/**
 * Tells listeners that read the answer of a call from those that do not: a class that leaves
 * {@link CallListener#chunk} as it is has nothing that a piece could reach.
 */
final class ChunkReaders {
    private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return overridesChunk(type);
        }
    };

    private ChunkReaders() {}

    static boolean isOne(CallListener<?> listener) {
        return KNOWN.get(listener.getClass());
    }

    private static boolean overridesChunk(Class<?> type) {
        try {
            return type.getMethod("chunk", Chunk.class).getDeclaringClass() != CallListener.class;
        } catch (NoSuchMethodException notToBeSeen) {
            return true; // no reflection here: to give pieces to one that ignores them only costs a retry
        }
    }
}
