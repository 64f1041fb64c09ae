package vitune.teach;

import java.util.List;

/** Something that a teacher is asked for, how the ledger names it, and what a reply to it is worth. */
interface Errand {
    /** Of its request, {@link TeacherRequest#fingerprint}: two errands with the same ask for the same. */
    String fingerprint();

    /** The ledger's names for it. */
    BatchJob.Row row();

    /** What the teacher is asked. */
    TeacherRequest request();

    /** What a reply is worth, and whether the teacher can do something about it. */
    GenerationTask.Judgement judge(TeacherReply reply, String teacher, List<SampleCheck> checks);
}
