package vitune.teach;

/** The built-in endpoint, asked through the same client as any other server. */
final class BuiltInTeacher implements MeteredTeacher {
    private final BuiltInEndpoint endpoint = new BuiltInEndpoint();
    private final MeteredTeacher client =
            new OpenAiTeacher(null, endpoint.baseUrl(), BuiltInEndpoint.MODEL, Retry.STANDARD);

    @Override
    public TeacherReply ask(TeacherRequest request, Meter meter) {
        return client.ask(request, meter);
    }

    @Override
    public String name() {
        return client.name();
    }

    @Override
    public void close() {
        client.close();
        endpoint.close();
    }
}
