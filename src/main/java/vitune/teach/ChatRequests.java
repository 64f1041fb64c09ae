package vitune.teach;

import com.google.gson.Gson;
import com.openai.core.JsonValue;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.ResponseFormatJsonSchema.JsonSchema;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import vitune.data.ResponseType;

/** Turns our requests into the SDK's. */
final class ChatRequests {
    private final String model;
    /** The format by type and form is the same each time. */
    private final Map<List<Object>, ResponseFormatJsonSchema> formats = new ConcurrentHashMap<>();

    ChatRequests(String model) {
        this.model = model;
    }

    ChatCompletionCreateParams params(TeacherRequest request, OptionalInt replyTokens) {
        var params = ChatCompletionCreateParams.builder().model(model);
        if (!request.form().schema().isEmpty()) {
            var key = List.<Object>of(request.type(), request.form());
            params.responseFormat(formats.computeIfAbsent(key, k -> format(request.type(), request.form())));
        }
        replyTokens.ifPresent(params::maxCompletionTokens);
        if (request.temperature() != null) params.temperature(request.temperature());
        int query = query(request);
        for (int i = 0; i < request.messages().size(); i++) {
            var message = request.messages().get(i);
            if (i == query && !request.images().isEmpty()) {
                params.addUserMessageOfArrayOfContentParts(parts(message.text(), request.images()));
            } else {
                switch (message.role()) {
                    case SYSTEM -> params.addSystemMessage(message.text());
                    case USER -> params.addUserMessage(message.text());
                    case ASSISTANT -> params.addAssistantMessage(message.text());
                }
            }
        }
        return params.build();
    }

    /** The message that asks about the pictures at hand: the last of the user's, feedback aside. */
    private static int query(TeacherRequest request) {
        int i = request.messages().size() - 1;
        while (i > 0 && !request.messages().get(i).isQuery()) i--;
        return i;
    }

    private static List<ChatCompletionContentPart> parts(String text, List<Path> images) {
        var parts = new ArrayList<ChatCompletionContentPart>();
        parts.add(ChatCompletionContentPart.ofText(
                ChatCompletionContentPartText.builder().text(text).build()));
        for (var image : images) {
            parts.add(ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                    .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                            .url(dataUrl(image))
                            .detail(ChatCompletionContentPartImage.ImageUrl.Detail.LOW)
                            .build())
                    .build()));
        }
        return parts;
    }

    private static String dataUrl(Path image) {
        var name = image.getFileName().toString().toLowerCase(Locale.ROOT);
        var kind = List.of("png", "webp", "gif").stream()
                .filter(k -> name.endsWith("." + k))
                .findFirst()
                .orElse("jpeg");
        try {
            return "data:image/" + kind + ";base64," + Base64.getEncoder().encodeToString(Files.readAllBytes(image));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read picture " + image, e);
        }
    }

    private static ResponseFormatJsonSchema format(ResponseType type, ReplyForm form) {
        var schema =
                JsonValue.from(new Gson().fromJson(form.schema(), Map.class)).convert(JsonSchema.Schema.class);
        var named = JsonSchema.builder()
                .name(type.label().replace(' ', '_'))
                .strict(true)
                .schema(schema)
                .build();
        return ResponseFormatJsonSchema.builder().jsonSchema(named).build();
    }
}
