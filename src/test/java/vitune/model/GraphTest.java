package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitune.tensor.Gradients;
import vitune.tensor.Precision;

/** Where gradients flow, and that they are made of nothing that was freed. */
class GraphTest {
    private static Golden golden;
    private static VisionLanguageModel model;

    @BeforeAll
    static void load() {
        golden = new Golden();
        model = golden.model;
    }

    @AfterAll
    static void close() {
        golden.close();
    }

    /** The scope of lossSum closes what it made; the graph must not read memory that Java has given to others since. */
    @Test
    void backwardNeedsNothingThatWasClosed() {
        String name = "language_model.model.decoder.embed_positions.weight";
        model.parameters().train(name::equals);
        Batch batch = golden.train();
        try (Gradients gradients = Gradients.record();
                NDManager scratch = golden.manager.newSubManager()) {
            NDArray loss = model.lossSum(batch, Precision.F32);
            System.gc();
            List<ByteBuffer> others = new ArrayList<>();
            for (int i = 0; i < 4000; i++) {
                ByteBuffer other = ByteBuffer.allocateDirect(8 * (1 + i % 80));
                while (other.hasRemaining()) other.put((byte) 1);
                others.add(other);
            }
            gradients.backward(loss.div(batch.supervised()));
            golden.check("grad/" + name, Gradients.of(model.parameters().require(name), scratch));
            assertEquals(4000, others.size());
        } finally {
            Gradients.zero(model.parameters().trained().arrays());
            model.parameters().train(any -> false);
        }
    }

    @Test
    void onlyTheTrainedPartGetsGradients() {
        model.parameters().train(name -> Part.of(name) == Part.CONNECTOR);
        try (Gradients gradients = Gradients.record();
                NDManager scratch = golden.manager.newSubManager()) {
            gradients.backward(model.lossSum(golden.train(), Precision.F32));
            model.parameters().asMap().forEach((name, array) -> {
                boolean reached = array.hasGradient() && Gradients.of(array, scratch) != null;
                assertEquals(Part.of(name) == Part.CONNECTOR, reached, name);
            });
        } finally {
            Gradients.zero(model.parameters().trained().arrays());
            model.parameters().train(name -> false);
        }
    }
}
