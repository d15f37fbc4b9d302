package dev.exai.examples.custom;

import dev.exai.message.ChatMessage;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Writes questions and reads answers, line by line. */
final class LineFormat {
    private static final int LONGEST_LINE = 1 << 20;

    private LineFormat() {}

    enum Kind {
        OK,
        TEXT,
        KEEP_ALIVE,
        END,
        REFUSED
    }

    /** Thrown for a line that the protocol does not know. It says nothing of the line, which may hold anything. */
    static final class NotOursException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** One line of an answer: its words are told apart by blanks, but for a text, which goes to the end. */
    record Line(Kind kind, String reason, long first, long second, String text) {
        ReplyEnd end() {
            FinishReason why = reason.equals("length") ? FinishReason.LENGTH : FinishReason.STOP;
            return ReplyEnd.of(why, Usage.of(first, 0, second, 0));
        }

        Optional<Duration> retryAfter() {
            return first < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(first));
        }

        @Override
        public String toString() {
            return "Line[" + kind + "]";
        }
    }

    static String question(ProviderCall call, ApiKey key) {
        StringBuilder lines = new StringBuilder();
        lines.append("KEY ").append(key.reveal()).append('\n');
        lines.append("MODEL ").append(call.model().id()).append('\n');
        lines.append("LIMIT ").append(call.maxOutputTokens()).append('\n');
        for (ChatMessage message : call.request().messages()) {
            lines.append(message.role())
                    .append(' ')
                    .append(escape(message.text()))
                    .append('\n');
        }
        return lines.append("GO\n").toString();
    }

    static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = text.charAt(i) == 'n' ? '\n' : text.charAt(i);
            }
            plain.append(c);
        }
        return plain.toString();
    }

    /** {@return the next line; empty if there is none, or only a part of one} */
    static Optional<Line> read(InputStream in) throws IOException, NotOursException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return Optional.empty();
            }
            if (bytes.size() == LONGEST_LINE) {
                throw new NotOursException();
            }
            bytes.write(next);
        }
        return Optional.of(parse(bytes.toString(StandardCharsets.UTF_8)));
    }

    private static Line parse(String line) throws NotOursException {
        if (line.equals("OK")) {
            return new Line(Kind.OK, "", 0, 0, "");
        }
        if (line.equals("-")) {
            return new Line(Kind.KEEP_ALIVE, "", 0, 0, "");
        }
        if (line.startsWith("T ")) {
            return new Line(Kind.TEXT, "", 0, 0, unescape(line.substring(2)));
        }
        String[] words = line.split(" ", 4);
        if (words.length == 4 && words[0].equals("END")) {
            return new Line(Kind.END, words[1], number(words[2]), number(words[3]), "");
        }
        if (words.length == 4 && words[0].equals("NO")) {
            long seconds = words[2].equals("-") ? -1 : number(words[2]);
            return new Line(Kind.REFUSED, words[1], seconds, 0, unescape(words[3]));
        }
        throw new NotOursException();
    }

    private static long number(String word) throws NotOursException {
        if (word.isEmpty() || word.length() > 18 || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NotOursException();
        }
        return Long.parseLong(word);
    }
}
