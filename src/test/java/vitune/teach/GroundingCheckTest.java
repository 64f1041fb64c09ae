package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitune.data.Box;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.teach.Finding.Kind;
import vitune.teach.PlantedReplies.Fold;

/** The check against replies of known truth, from {@link PlantedReplies}, and against single sentences. */
class GroundingCheckTest {
    private static final GroundingCheck CHECK = new GroundingCheck();

    /** How many planted claims of a kind were found, and how many findings of that kind were none of them. */
    private static final class Score {
        private int planted, found, mistaken;

        double precision() {
            return found == 0 ? 0 : (double) found / (found + mistaken);
        }

        double recall() {
            return (double) found / planted;
        }
    }

    private static Kind kind(String planted) {
        return planted.equals("yes") ? Kind.INVENTED : Kind.valueOf(planted.toUpperCase(Locale.ROOT));
    }

    private static Map<String, Score> scores(List<PlantedReplies.Reply> replies) {
        var scores = new LinkedHashMap<String, Score>();
        PlantedReplies.KINDS.forEach(kind -> scores.put(kind, new Score()));
        for (var reply : replies) {
            boolean found = false;
            for (var finding :
                    CHECK.ground(reply.sample(), List.of(reply.context())).findings()) {
                boolean planted = reply.kind() != null
                        && finding.turn() == reply.turn()
                        && reply.planted().contains(finding.sentence())
                        && finding.kind() == kind(reply.kind());
                found |= planted;
                // a false finding of an invented thing counts against both kinds that plant one
                for (var kind : PlantedReplies.KINDS) {
                    if (!planted && finding.kind() == kind(kind)) scores.get(kind).mistaken++;
                }
            }
            if (reply.kind() == null) continue;
            var score = scores.get(reply.kind());
            score.planted++;
            if (found) score.found++;
        }
        return scores;
    }

    private static List<PlantedReplies.Reply> replies(long seed, int ofKind, int clean, Fold fold) {
        var replies = new PlantedReplies(seed);
        var all = new ArrayList<PlantedReplies.Reply>();
        for (var kind : PlantedReplies.KINDS) all.addAll(replies.planted(kind, ofKind, fold));
        all.addAll(replies.clean(clean, fold));
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "SEEN, 100, 500",
        "HELD_OUT, 50, 250",
        "SECOND, 50, 250",
        "THIRD, 50, 250",
        "FOURTH, 50, 250",
        "FIFTH, 50, 250",
        "SIXTH, 50, 250",
        "SEVENTH, 50, 250",
        "EIGHTH, 50, 250",
        "NINTH, 50, 250",
        "TENTH, 50, 250"
    })
    void findsWhatIsPlantedAndLittleElse(Fold fold, int ofKind, int clean) {
        var scores = scores(replies(2026, ofKind, clean, fold));
        System.out.println(fold + " forms: " + 5 * ofKind + " planted, " + clean + " clean");
        System.out.println("| planted | replies | found | mistaken | precision | recall |");
        scores.forEach((kind, score) -> System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %d | %.3f | %.3f |%n",
                kind,
                score.planted,
                score.found,
                score.mistaken,
                score.precision(),
                score.recall()));
        scores.forEach((kind, score) -> {
            assertTrue(score.precision() >= 0.95, kind + ": precision " + score.precision());
            assertTrue(score.recall() >= 0.9, kind + ": recall " + score.recall());
        });
    }

    private static ImageContext park() {
        var boxes = List.of(
                new Box("dog", 100, 300, 60, 60),
                new Box("frisbee", 110, 120, 40, 30),
                new Box("person", 400, 200, 60, 160),
                new Box("person", 480, 200, 60, 160),
                new Box("bench", 500, 400, 120, 60));
        return new ImageContext(
                "park",
                Path.of("park.jpg"),
                640,
                480,
                List.of("A dog leaps for a frisbee near a tree and a cat."),
                boxes);
    }

    private static List<Finding> findings(String instruction, String response) {
        var turns = List.of(new Turn(instruction, response));
        var image = List.of(Path.of("park.jpg"));
        var sample = new InstructionSample("x", image, ResponseType.COMPLEX_REASONING, turns, Map.of());
        return CHECK.ground(sample, List.of(park())).findings();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "What is there? | A puppy and a horse. | INVENTED | a horse | no horse",
                "Is there a kite? | Yes. | INVENTED | a kite | no kite",
                "How many people are there? | Three. | COUNT | three people | 2 people",
                "Describe it. | There is only one person. | COUNT | one person | 2 people",
                "Where is the dog relative to the bench? | right | POSITION | the dog right of the bench | a dog left of the bench",
                "What of the dog? | It is above the frisbee. | POSITION | the dog above the frisbee | a dog below the frisbee",
                "Describe it. | The dog is on the right side of the image. | POSITION | the dog in the right half | 1 dog in the left half",
                "Describe it. | In the upper right corner of the picture, you can see a bench. | POSITION | the bench in the upper half | 1 bench in the lower half",
                "Are there any people? | No, there are none. | DENIED | no person | 2 people",
                "Describe it. | No benches are visible. | DENIED | no bench | 1 bench",
                "Describe it. | There are no animals in the picture. | DENIED | no animal | 1 dog"
            })
    void evidenceNamesClaimAndBoxes(String instruction, String response, Kind kind, String claimed, String boxes) {
        var findings = findings(instruction, response);
        assertEquals(1, findings.size(), findings.toString());
        var found = findings.get(0);
        assertEquals(kind, found.kind());
        assertEquals(claimed, found.claimed());
        if (!claimed.equals("no animal")) assertEquals(boxes, found.boxes());
        assertEquals(1, found.turn());
        assertTrue(response.contains(found.sentence()) && !found.toString().contains("\n"), found.toString());
    }

    /** Sentences as teachers write them; nothing in them is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Describe it. | Two people stand to the right of the dog, and a bench is below them. A cat is near the tree.",
                "Describe it. | One person watches, while the other person holds a frisbee-shaped sign.",
                "Why does it jump? | It wants to catch the frisbee, much as a baseball player would leap for a ball.",
                "What does it need? | Dogs that play this game need speed; unlike horses, dogs love to chase balls and birds.",
                "What should the owner mind? | The owner should check that there are no cars, bicycles or other dogs nearby.",
                "Is the dog on a leash? | No, the dog is not on a leash.",
                "Are there any children playing with kites? | No.",
                "How many people are sitting on the bench? | Only one person is sitting on the bench.",
                "Does the dog wear a tie? | No, it has no tie.",
                "What is this place for? | It is a good place to ride a bike or fly a kite; the bus stop is close.",
                "Describe it. | The dog is in mid-air, nearly as high as a car. No person is sitting.",
                "Describe it. | Apart from the dog and the cat, no animals are visible. There are no other dogs.",
                "Is there a red bench? | No.",
                "Describe it. | The dog is on the left side of the image; a sign says \"bus\".",
                "What is not in the picture? | A kite, for one.",
                "Is there a dog? | Yes, and no horse. Horses need more room, and keeping horses here would be unwise.",
                "Can you see two people? | Yes. Nobody would miss the bench, nor take the dog for a sheep.",
                "Is there more than one person? | Yes, there are two people: a man and a woman.",
                "What might come? | A bus could arrive soon, and people usually wait for it with their suitcases."
            })
    void whatIsTrueOrOnlyThoughtOfPasses(String instruction, String response) {
        assertEquals(List.of(), findings(instruction, response));
    }

    @Test
    void theBuiltInTeacherPasses() throws ReplyForm.Unreadable {
        var model = new BuiltInModel();
        var prompts = Prompts.shipped();
        int claims = 0;
        for (var contexts : List.of(Contexts.drawn(301), Contexts.photographs(301))) {
            for (var type : ResponseType.shipped()) {
                for (int i = 0; i < 300; i++) {
                    var shown = contexts.subList(i, i + type.images());
                    var of = prompts.get(type);
                    var request = of.request(shown, false);
                    var reply = model.reply(type, request.form(), request.messages());
                    var turns = request.form().read(reply, of.instruction("x"));
                    var images = shown.stream().map(ImageContext::image).toList();
                    var grounding = CHECK.ground(new InstructionSample("x", images, type, turns, Map.of()), shown);
                    assertEquals(List.of(), grounding.findings(), turns + " " + shown);
                    claims += grounding.claims();
                }
            }
        }
        System.out.println("the built-in teacher: " + claims + " claims, none of them wrong");
        assertTrue(claims > 10_000, claims + " claims");
    }

    /** Objects365 and others name a category by two words. */
    @Test
    void aCategoryMayHaveTwoNames() {
        var room = new ImageContext(
                "1",
                Path.of("1.jpg"),
                100,
                100,
                List.of("A room."),
                List.of(new Box("Cabinet/shelf", 10, 10, 20, 20), new Box("what?", 50, 50, 20, 20)));
        assertEquals(
                List.of(),
                new GroundingCheck()
                        .ground(sample("What do you see?", "There is a shelf."), List.of(room))
                        .findings());
        var denied = new GroundingCheck().ground(sample("What do you see?", "There is no cabinet."), List.of(room));
        assertEquals(
                List.of(Kind.DENIED),
                denied.findings().stream().map(Finding::kind).toList());
    }

    /** One check, many pictures: what it met before changes nothing. */
    @Test
    void aCategoryOfOnePictureIsUnknownInTheNext() {
        var lamp = new ImageContext(
                "1", Path.of("1.jpg"), 100, 100, List.of("A room."), List.of(new Box("lamp", 10, 10, 20, 20)));
        var said = sample("What do you see?", "There is no lamp.");
        var before = CHECK.ground(said, List.of(park()));
        assertEquals(1, CHECK.ground(said, List.of(lamp)).findings().size());
        assertEquals(before, CHECK.ground(said, List.of(park())));
    }

    private static InstructionSample sample(String instruction, String response) {
        return new InstructionSample(
                "x", List.of(), ResponseType.SUMMARY, List.of(new Turn(instruction, response)), Map.of());
    }

    @Test
    void theVerdictGoesWithTheSample() {
        var turns = List.of(new Turn("Is there a dog?", "Yes, there is a dog and a bench."));
        var sample = new InstructionSample(
                "x", List.of(Path.of("park.jpg")), ResponseType.COMPLEX_REASONING, turns, Map.of());
        assertEquals(Optional.empty(), CHECK.fault(sample, List.of(park())));
        assertEquals(Map.of("grounding", "checked, 2 claims"), CHECK.provenance(sample, List.of(park())));
    }

    @Test
    void aClaimOfTwoPicturesStandsWhereItsSentenceSaysSo() {
        var other = new ImageContext(
                "o", Path.of("o.jpg"), 640, 480, List.of("A cow."), List.of(new Box("cow", 9, 9, 9, 9)));
        var turns = List.of(
                new Turn("Compare.", "The first picture has a cow. Both pictures have dogs. A cow is in the second."));
        var images = List.of(Path.of("park.jpg"), Path.of("o.jpg"));
        var sample = new InstructionSample("x", images, ResponseType.COMPARISON, turns, Map.of());
        var findings = CHECK.ground(sample, List.of(park(), other)).findings();
        assertEquals(
                List.of("a cow", "a dog"),
                findings.stream().map(Finding::claimed).toList());
    }
}
