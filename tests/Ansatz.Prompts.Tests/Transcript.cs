using System.Globalization;
using System.Text;
using Ansatz.Language;

namespace Ansatz.Prompts.Tests;

/// <summary>Everything that a scripted proposer was asked and answered, as one text that people read.</summary>
internal sealed class Transcript(Func<ProposerRequest, string> answer)
{
    private readonly StringBuilder _text = new();
    private readonly Lock _writing = new();
    private int _calls;

    public Proposer Proposer => new(new() { ["scripted"] = true }, (request, _) =>
    {
        lock (_writing)
        {
            string reply = answer(request);
            _text.Append(CultureInfo.InvariantCulture, $"=== call {++_calls}, temperature {request.Temperature}{(request.Stop is null ? "" : ", stops at the line end")}\n{request.Text}\n--- reply\n{reply}\n\n");
            return Task.FromResult(new ProposerReply(reply));
        }
    });

    /// <summary>Compares with a golden file; what the search tried, and on how many items it was right, comes at the end.</summary>
    public void Verify(string name, Study<Prompt> study) => GoldenFile.Equal($"Transcripts/{name}", _text + Tried(study));

    /// <summary>Every trial of a search: where it came from, its filling, and its blocks.</summary>
    public static string Tried(Study<Prompt> study)
    {
        StringBuilder text = new("=== tried\n");
        foreach (Trial<Prompt> trial in study.Trials("found"))
        {
            Prompt prompt = trial.Candidate.Value;
            text.Append(CultureInfo.InvariantCulture, $"{trial.Number} {trial.Candidate.Origin} ({trial.State}): {prompt.Instruction.ReplaceLineEndings(" / ")}");
            text.Append(prompt.Demonstrations.IsEmpty ? "" : $" + [{string.Join(", ", prompt.Demonstrations.Select(d => d.Item))}]");
            foreach (Block<Prompt> block in trial.Blocks)
            {
                text.Append(CultureInfo.InvariantCulture, $"; {block.Ask.Split} {block.Outcomes.OfType<Scored>().Count(o => o.Score == 1)} of {block.Outcomes.Length}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
