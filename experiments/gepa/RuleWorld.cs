using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Reflective;

/// <summary>
/// A world of rules, in which what a reflective search should learn is known. Twelve hidden rules belong to one of two steps each; an item needs one to three of them
/// and is right if every one of them is written in the instruction of its step, and no wrong rule there breaks it.
/// </summary>
/// <remarks>
/// There is no language model. The solver repeats the rules that it finds in its instructions, the scorer compares them with what the item needs and names one that is missing.
/// The reflector is a mock: it appends a rule that the feedback names, and slips now and then. Where an instruction holds no more rules, the oldest is left out.
/// </remarks>
internal sealed partial class RuleWorld
{
    /// <summary>Rules that items need: 0 to 11. What a proposer can think of goes on to 23, and those break things.</summary>
    public const int Rules = 12, Ideas = 24;

    /// <summary>Nine rules: more than a step has, so there is room for mistakes.</summary>
    public static readonly int Roomy = Characters(9);

    /// <summary>Four rules, of the six that a step has: what is learnt crowds out what was known.</summary>
    public static readonly int Crowded = Characters(4);

    private const double Breaks = 0.1; // the share of items that a wrong rule breaks
    private const double Slip = 0.15; // of the mock reflector

    private readonly long _seed;
    private readonly int[] _stepOf; // [Rules] 0 or 1

    /// <summary>A world.</summary>
    /// <param name="seed">Which rule belongs where, and which item needs what.</param>
    /// <param name="train">Number of training items, named from 0.</param>
    /// <param name="validation">Number of validation items, named from 1000.</param>
    /// <param name="test">Number of test items, named from 2000.</param>
    /// <param name="heard">Gets every message that the solver gets.</param>
    public RuleWorld(long seed, int train = 30, int validation = 30, int test = 100, Action<string>? heard = null)
    {
        _seed = seed;
        _stepOf = [.. Enumerable.Range(0, Rules).Select(r => r % 2)];
        new Rng(seed, "rule world/steps").Shuffle<int>(_stepOf);
        Part = new(
            [PipelineStep.Of("{instruction}Task: {text}\nPlan: {plan}"), PipelineStep.Of("{instruction}Task: {text}\nPlan: {plan}\nResult: {label}")],
            DataSplits.Of(Rows("train", 0, train), Rows("validation", 1000, validation), Rows("test", 2000, test)));
        Objective = new(
            Part,
            new NeedsScorer(this),
            new FunctionChatClient("rule world", (message, _) =>
            {
                heard?.Invoke(message);
                return Task.FromResult(Solve(message));
            }),
            settings: new() { Concurrency = 1 });
    }

    public PipelinePart Part { get; }

    public PipelineObjective Objective { get; }

    /// <summary>Reads a reflection prompt: the instruction with one more rule, one that the feedback names, or any idea where it names none.</summary>
    /// <param name="heard">Gets every prompt with its reply.</param>
    public static Proposer Reflector(Action<string, string>? heard = null) => Mock(
        "reflector",
        heard,
        request =>
        {
            string now = request.Text.Split("```")[1];
            int[] named = [.. NamedRule().Matches(request.Text).Select(m => Number(m.Groups[1].Value)).Distinct()];
            bool hasWords = request.Text.Contains("\nScore: 0. ", StringComparison.Ordinal);
            return $"```\n{Rewritten(RulesIn(now), hasWords ? named : null, MostRules(request.Text), new Rng(request.Seed, "reflector"))}\n```";
        });

    /// <summary>Reads OPRO's meta-prompt, which tells scores alone: the best instruction shown, with any idea more.</summary>
    /// <param name="heard">Gets every prompt with its reply.</param>
    public static Proposer Guesser(Action<string, string>? heard = null) => Mock(
        "guesser",
        heard,
        request =>
        {
            string best = request.Text.Split("\ntext:\n")[^1].Split("\nscore:\n")[0];
            return $"<INS>{Rewritten(RulesIn(best), null, MostRules(request.Text), new Rng(request.Seed, "guesser"))}</INS>";
        });

    private static Proposer Mock(string name, Action<string, string>? heard, Func<ProposerRequest, string> write) => new(
        new() { ["mock"] = name },
        (request, _) =>
        {
            string reply = write(request);
            heard?.Invoke(request.Text, reply);
            return Task.FromResult(new ProposerReply(reply));
        });

    /// <summary>One rule more, of those offered or any idea; with a small probability a rule is lost besides, or a wrong one added.</summary>
    private static string Rewritten(List<int> rules, int[]? offered, int most, Rng rng)
    {
        int[] fresh = [.. (offered ?? [.. Enumerable.Range(0, Ideas)]).Except(rules)];
        if (fresh.Length > 0)
        {
            rules.Add(rng.Pick(fresh));
        }

        if (rng.NextDouble() < Slip)
        {
            if (rng.Next(2) == 0 && rules.Count > 0)
            {
                rules.RemoveAt(rng.Next(rules.Count));
            }
            else
            {
                rules.Add(Rules + rng.Next(Ideas - Rules));
            }
        }

        return string.Join('\n', rules.Distinct().TakeLast(most).Select(r => string.Create(CultureInfo.InvariantCulture, $"Rule {r:00}.")));
    }

    // The first step's plan is its rules, the second one's result the plan and its own.
    private static string Solve(string message)
    {
        string[] parts = message.Split("Task: ");
        string own = string.Join(' ', RulesIn(parts[0]));
        return parts[1].EndsWith("Result:", StringComparison.Ordinal) ? $"{parts[1].Split("Plan:")[1].Split('\n')[0].Trim()} | {own}" : own;
    }

    private static List<int> RulesIn(string text) => [.. Rule().Matches(text).Select(m => Number(m.Groups[1].Value)).Distinct()];

    // A rule is eight characters on a line of its own. The prompt says how many characters there may be.
    private static int Characters(int rules) => (9 * rules) - 1;

    private static int MostRules(string prompt) => (Number(Most().Match(prompt).Groups[1].Value) + 1) / 9;

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private static Dataset Rows(string name, int from, int count) =>
        Dataset.FromRows(Enumerable.Range(from, count).Select(i => (string.Create(CultureInfo.InvariantCulture, $"item {i}"), "done")), name);

    [GeneratedRegex(@"Rule (\d\d)\.")]
    private static partial Regex Rule();

    [GeneratedRegex(@"[Aa]t most (\d+) characters")]
    private static partial Regex Most();

    [GeneratedRegex(@"Rule (\d\d) is missing")]
    private static partial Regex NamedRule();

    private sealed class NeedsScorer(RuleWorld world) : RuleScorer
    {
        public override JsonObject Identity => new() { ["use"] = "rules", ["seed"] = world._seed };

        protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
        {
            string text = item.Fields["text"];
            HashSet<int>[] written = [.. reply.Split('|').Select(side => side.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToHashSet())];
            Rng rng = new(world._seed, "rule world/" + text);
            int missing = rng.Choose(1 + rng.Next(3), Rules).FirstOrDefault(r => !written[world._stepOf[r]].Contains(r), -1);
            bool isBroken = written.SelectMany(w => w).Any(r => r >= Rules && new Rng(world._seed, $"rule world/{text}", r).NextDouble() < Breaks);
            return missing >= 0 ? new Scored(0, "failed", string.Create(CultureInfo.InvariantCulture, $"Rule {missing:00} is missing."))
                : isBroken ? new Scored(0, "failed", "Something that is written does harm.")
                : new Scored(1, "done", "Right.");
        }
    }
}
