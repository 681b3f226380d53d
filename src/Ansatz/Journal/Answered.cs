using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz;

/// <summary>A reply with what it cost.</summary>
internal sealed record Answered<TReply>(TReply Reply, Cost Spent);

/// <summary>Writes an <see cref="Answered{TReply}"/> as {"reply":...,"spent":...} with the caller's codec for the reply.</summary>
internal static class AnsweredCodec
{
    public static JsonTypeInfo<Answered<TReply>> Of<TReply>(JsonTypeInfo<TReply> codec)
    {
        JsonSerializerOptions options = new() { TypeInfoResolver = JournalJson.Default };
        options.Converters.Add(new Converter<TReply>(codec));
        return (JsonTypeInfo<Answered<TReply>>)JsonMetadataServices.CreateValueInfo<Answered<TReply>>(options, new Converter<TReply>(codec));
    }

    /// <summary>What an answer has cost, whatever its reply is.</summary>
    public static Cost SpentOf(string answer) => JsonNode.Parse(answer)!["spent"].Deserialize(JournalJson.Default.Cost);

    private sealed class Converter<TReply>(JsonTypeInfo<TReply> codec) : System.Text.Json.Serialization.JsonConverter<Answered<TReply>>
    {
        public override Answered<TReply> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            JsonObject both = (JsonObject)JsonNode.Parse(ref reader)!;
            return new(both["reply"].Deserialize(codec)!, both["spent"].Deserialize(JournalJson.Default.Cost));
        }

        public override void Write(Utf8JsonWriter writer, Answered<TReply> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("reply");
            JsonSerializer.Serialize(writer, value.Reply, codec);
            writer.WritePropertyName("spent");
            JsonSerializer.Serialize(writer, value.Spent, JournalJson.Default.Cost);
            writer.WriteEndObject();
        }
    }
}
