using System.Text.Json.Serialization;

namespace Ansatz.Language;

[JsonSerializable(typeof(string[]))]
internal sealed partial class ScoringJson : JsonSerializerContext;
