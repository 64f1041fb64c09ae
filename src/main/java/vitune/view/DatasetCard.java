package vitune.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;

/**
 * A set as others may use it: a folder with the data, charts and a README.md that tells what it is made of, where it
 * comes from, what it cost and under which licences its sources stand. The README begins with the YAML that Hugging
 * Face reads; a folder so written can be uploaded as it is. Pictures are not copied: many licences forbid it. The header names English as the language.
 *
 * <pre>{@code
 * DatasetCard.titled("Street scenes", "Questions and answers about 500 streets.")
 *         .withLicence("cc-by-4.0")
 *         .withSource("COCO 2014", "cc-by-4.0", "captions and boxes; the pictures keep Flickr's terms")
 *         .withCost("3.20 USD for 1,500 requests")
 *         .write(Path.of("runs/streets"), data, images);
 * }</pre>
 *
 * @param title the name of the data
 * @param lead one or two sentences on what it is for
 * @param licence of the data itself, by Hugging Face's name: "cc-by-4.0", "other"; default "unknown"
 * @param sources where it comes from, and under which licences
 * @param cost what its making cost, in words; "" leaves that section out
 * @param file name of the data file, by its ending LLaVA JSON, JSON lines or Parquet; default "train.jsonl". Where samples of
 *     one picture and of two are mixed take Parquet: in JSON their {@code image} differs in type, which Hugging Face's
 *     viewer does not read
 */
public record DatasetCard(String title, String lead, String licence, List<Source> sources, String cost, String file) {
    /**
     * Where data comes from.
     *
     * @param name as it stands in the composition, so that the card can tell sources that are missing here
     * @param licence in a word: "cc-by-nc-sa-4.0"
     * @param note what is to be kept in mind, with an address if there is one
     */
    public record Source(String name, String licence, String note) {}

    public DatasetCard {
        if (title.isBlank()) {
            throw new IllegalArgumentException("a card needs a title, got \"" + title + "\"");
        }
        if (!licence.matches("[a-zA-Z0-9.-]+")) {
            throw new IllegalArgumentException(
                    "a licence must be a name as \"cc-by-4.0\" or \"other\", got \"" + licence + "\"");
        }
        if (!file.matches("[\\w.-]+")) {
            throw new IllegalArgumentException("a file must be a plain name in the card's folder, got " + file);
        }
        sources = List.copyOf(sources);
    }

    /** A card that names neither licence nor sources nor cost yet. */
    public static DatasetCard titled(String title, String lead) {
        return new DatasetCard(title, lead, "unknown", List.of(), "", "train.jsonl");
    }

    public DatasetCard withLicence(String name) {
        return new DatasetCard(title, lead, name, sources, cost, file);
    }

    /** This card with one source more. */
    public DatasetCard withSource(String name, String terms, String note) {
        List<Source> more = new ArrayList<>(sources);
        more.add(new Source(name, terms, note));
        return new DatasetCard(title, lead, licence, more, cost, file);
    }

    public DatasetCard withCost(String words) {
        return new DatasetCard(title, lead, licence, sources, words, file);
    }

    public DatasetCard withFile(String name) {
        return new DatasetCard(title, lead, licence, sources, cost, name);
    }

    /**
     * Writes the folder: README.md, the data file, {@code types.png}, and {@code sources.png} where there are several.
     *
     * @param imageFolder where the pictures are; the data names them relative to it
     * @return the README
     * @throws IllegalArgumentException for an empty set
     */
    public Path write(Path folder, InstructionSet set, Path imageFolder) {
        Map<String, Picture> charts = new LinkedHashMap<>();
        charts.put("types.png", CompositionChart.of(set));
        if (set.samples().stream().map(InstructionSample::source).distinct().count() > 1) {
            charts.put("sources.png", CompositionChart.bySource(set));
        }
        try {
            Files.createDirectories(folder);
            set.write(folder.resolve(file), imageFolder);
            charts.forEach((name, chart) -> chart.save(folder.resolve(name)));
            return Files.writeString(folder.resolve("README.md"), new CardText(this, set).with(charts));
        } catch (IOException e) {
            throw new UncheckedIOException("the card could not be written to " + folder, e);
        }
    }
}
