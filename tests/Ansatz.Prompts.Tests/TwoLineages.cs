using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts.Tests;

/// <summary>
/// The smallest world in which a merge pays. Items "a" need the letter A in the plan, items "b" need B in the answer, the one item "c" needs C in the plan, and an instruction holds
/// one letter. Who learns A forgets C, so the user's own pipeline, whose plan is C, stays on the front, and B can be learnt in another lineage.
/// </summary>
internal static class TwoLineages
{
    public static PipelineObjective Objective()
    {
        PipelinePart part = new(
            [PipelineStep.Of("{instruction}Item: {text}\nPlan: {plan}", "C"), PipelineStep.Of("{instruction}Plan: {plan}\nItem: {text}\nAnswer: {answer}", "-")],
            DataSplits.Of(Rows("train", 0), Rows("validation", 10), Rows("test", 20)));
        FunctionChatClient echo = new("echo", (message, _) => Task.FromResult(
            message.EndsWith("Plan:", StringComparison.Ordinal) ? message[..1] : message.Split("Plan: ")[1][..1] + message[..1]));
        return new(part, new LetterScorer(), echo, settings: new() { Concurrency = 1 });
    }

    /// <summary>Writes the letter that the feedback names for the step; the letter that is there, where it names none.</summary>
    public static Proposer Reflector(Action<string, string> heard) => new(
        new() { ["mock"] = "letters" },
        (request, _) =>
        {
            string step = request.Text.Contains("the step \"plan\"", StringComparison.Ordinal) ? "plan" : "answer";
            string[] missing = request.Text.Split($"The {step} lacks ");
            string reply = $"The letter is\n```\n{(missing.Length > 1 ? missing[1][0] : request.Text.Split("```\n")[1][0])}\n```";
            heard(request.Text, reply);
            return Task.FromResult(new ProposerReply(reply));
        });

    private static Dataset Rows(string name, int from) =>
        Dataset.FromRows("aabbbc".Select((kind, i) => (string.Create(CultureInfo.InvariantCulture, $"{kind}{from + i}"), "right")), name);

    private sealed class LetterScorer : RuleScorer
    {
        public override JsonObject Identity => new() { ["use"] = "letters" };

        protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
        {
            (string step, char needed, char given) = item.Fields["text"][0] switch
            {
                'a' => ("plan", 'A', reply[0]),
                'b' => ("answer", 'B', reply[1]),
                _ => ("plan", 'C', reply[0]),
            };
            return needed == given ? new Scored(1, reply, "Right.") : new Scored(0, reply, $"The {step} lacks {needed}.");
        }
    }
}
