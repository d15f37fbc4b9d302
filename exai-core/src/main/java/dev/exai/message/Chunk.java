package dev.exai.message;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One piece of an answer that is being streamed.
 *
 * <p>More kinds may come: handle them with a {@link Visitor}, whose methods do nothing by default. Immutable.
 * {@code toString} tells the size, never the content.
 */
public abstract class Chunk {
    /** What a chunk takes beside its characters: itself, its string, and the string's array. */
    private static final long OBJECTS_BYTES = 64;

    Chunk() {}

    /**
     * {@return a piece of the answer's text}
     *
     * @param text the piece
     */
    public static Text text(String text) {
        return new Text(text);
    }

    /**
     * {@return a piece of the model's reasoning}
     *
     * @param text the piece
     */
    public static Reasoning reasoning(String text) {
        return new Reasoning(text);
    }

    /**
     * {@return a piece of a function call}
     *
     * @param index which call of the answer it belongs to, from 0
     * @param id the call's id, or null if an earlier piece had it
     * @param name the function's name, or null if an earlier piece had it
     * @param arguments the piece of the arguments' JSON text, may be empty
     */
    public static FunctionPiece functionPiece(int index, @Nullable String id, @Nullable String name, String arguments) {
        return new FunctionPiece(index, id, name, arguments);
    }

    /**
     * {@return the mark between a failed attempt and the next}
     *
     * <p>The library puts it into the stream of a call that was allowed to start over; a provider has no use for it.
     */
    public static StartedOver startedOver() {
        return StartedOver.MARK;
    }

    /**
     * Hands this chunk to the method for its kind.
     *
     * @param visitor what to do with it
     */
    public abstract void accept(Visitor visitor);

    /** {@return an estimate of the memory that this chunk takes, its objects included, in bytes; never zero} */
    public abstract long sizeInBytes();

    /** What to do with each kind of chunk; each method does nothing unless overridden. */
    public interface Visitor {
        /**
         * Takes a piece of the answer's text.
         *
         * @param chunk the piece
         */
        default void text(Text chunk) {}

        /**
         * Takes a piece of the model's reasoning.
         *
         * @param chunk the piece
         */
        default void reasoning(Reasoning chunk) {}

        /**
         * Takes a piece of a function call.
         *
         * @param chunk the piece
         */
        default void functionPiece(FunctionPiece chunk) {}

        /**
         * Takes note that the answer begins anew; only for a call that was allowed to start over.
         *
         * @param chunk the mark
         */
        default void startedOver(StartedOver chunk) {}
    }

    /** A mark: an attempt failed, what came before is void, and the answer begins anew. */
    public static final class StartedOver extends Chunk {
        private static final StartedOver MARK = new StartedOver();

        private StartedOver() {}

        @Override
        public void accept(Visitor visitor) {
            visitor.startedOver(this);
        }

        @Override
        public long sizeInBytes() {
            return OBJECTS_BYTES;
        }

        @Override
        public String toString() {
            return "StartedOver";
        }
    }

    /** A piece of the answer's text. */
    public static final class Text extends Chunk {
        private final String text;

        private Text(String text) {
            this.text = Objects.requireNonNull(text, "text");
        }

        /** {@return the piece} */
        public String text() {
            return text;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.text(this);
        }

        @Override
        public long sizeInBytes() {
            return OBJECTS_BYTES + 2L * text.length();
        }

        @Override
        public String toString() {
            return "Text[" + text.length() + " chars]";
        }
    }

    /** A piece of the model's reasoning. */
    public static final class Reasoning extends Chunk {
        private final String text;

        private Reasoning(String text) {
            this.text = Objects.requireNonNull(text, "text");
        }

        /** {@return the piece} */
        public String text() {
            return text;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.reasoning(this);
        }

        @Override
        public long sizeInBytes() {
            return OBJECTS_BYTES + 2L * text.length();
        }

        @Override
        public String toString() {
            return "Reasoning[" + text.length() + " chars]";
        }
    }

    /** A piece of a function call; pieces of one call have the same index and come in order. */
    public static final class FunctionPiece extends Chunk {
        private final int index;
        private final @Nullable String id;
        private final @Nullable String name;
        private final String arguments;

        private FunctionPiece(int index, @Nullable String id, @Nullable String name, String arguments) {
            if (index < 0) {
                throw new IllegalArgumentException("index < 0: " + index);
            }
            this.index = index;
            this.id = id;
            this.name = name;
            this.arguments = Objects.requireNonNull(arguments, "arguments");
        }

        /** {@return which call of the answer it belongs to, from 0} */
        public int index() {
            return index;
        }

        /** {@return the call's id, on its first piece} */
        public Optional<String> id() {
            return Optional.ofNullable(id);
        }

        /** {@return the function's name, on its first piece} */
        public Optional<String> name() {
            return Optional.ofNullable(name);
        }

        /** {@return the piece of the arguments' JSON text, may be empty} */
        public String arguments() {
            return arguments;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.functionPiece(this);
        }

        @Override
        public long sizeInBytes() {
            return OBJECTS_BYTES
                    + 2L * (arguments.length() + (id == null ? 0 : id.length()) + (name == null ? 0 : name.length()));
        }

        @Override
        public String toString() {
            return "FunctionPiece[" + index + ", " + arguments.length() + " chars]";
        }
    }
}
