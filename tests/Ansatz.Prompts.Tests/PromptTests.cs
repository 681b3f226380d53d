using System.Text.Json;

namespace Ansatz.Prompts.Tests;

public sealed class PromptTests
{
    private const string Stored =
        """{"instruction":"Lob oder Tadel? \u003Cnichts sonst\u003E","demonstrations":[{"fields":[{"name":"text","value":"Schön & gut"}],"answer":"praise","item":3}],"labels":[{"label":"praise","wording":"Lob"}]}""";

    [Fact]
    public void Codec_Prompt_GivesStableText()
    {
        Prompt prompt = new()
        {
            Instruction = "Praise, or \"complaint\"?",
            Demonstrations = [new([new("text", "Schön & gut")], "praise", 3), new([new("text", "")], "complaint")],
            Labels = [new("praise", "Lob")],
        };

        Assert.Equal(
            """{"instruction":"Praise, or \"complaint\"?","demonstrations":[{"fields":[{"name":"text","value":"Schön & gut"}],"answer":"praise","item":3},{"fields":[{"name":"text","value":""}],"answer":"complaint"}],"labels":[{"label":"praise","wording":"Lob"}]}""",
            JsonSerializer.Serialize(prompt, Prompt.Codec));
    }

    [Fact]
    public void Codec_StoredText_IsReadBack()
    {
        Prompt prompt = JsonSerializer.Deserialize(Stored, Prompt.Codec)!;

        Assert.Equal("Lob oder Tadel? <nichts sonst>", prompt.Instruction);
        Assert.Equal(new Field("text", "Schön & gut"), prompt.Demonstrations[0].Fields[0]);
        Assert.Equal(3, prompt.Demonstrations[0].Item);
        Assert.Equal("Lob", prompt.WordingOf("praise"));
        Assert.Equal("complaint", prompt.WordingOf("complaint"));
    }
}
