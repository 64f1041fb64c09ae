package vitune.data;

/** One exchange: what the user says and what the model is to answer. */
public record Turn(String instruction, String response) {
    public Turn {
        if (instruction.isBlank() || response.isBlank()) {
            throw new IllegalArgumentException(
                    "a turn needs an instruction and a response, got \"" + instruction + "\" and \"" + response + "\"");
        }
    }

    /** Words of the response, with white space between them. */
    public int words() {
        return words(response);
    }

    static int words(String text) {
        return text.strip().split("\\s+").length;
    }
}
