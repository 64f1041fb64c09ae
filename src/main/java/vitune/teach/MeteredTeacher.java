package vitune.teach;

/** A teacher that asks the meter before each call it makes, retries included. */
interface MeteredTeacher extends Teacher {
    /**
     * As {@link #ask(TeacherRequest)}.
     *
     * @throws TeacherException also where the meter ends the run
     */
    TeacherReply ask(TeacherRequest request, Meter meter);

    @Override
    default TeacherReply ask(TeacherRequest request) {
        return ask(request, Meter.open());
    }
}
