// Two prompts in a row, optimised together: the first finds the department that a message is for, the second says how soon it has to be answered. The right
// answers are known for the end alone; what was wrong on the way the metric says in words, and GEPA writes it into the prompt that lacks it.
//
//   dotnet run samples/Pipeline.cs
//
// Solver and proposer are scripted here, so that it runs anywhere within seconds: put any IChatClient in their places.
#:project ../src/Ansatz.Prompts/Ansatz.Prompts.csproj

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ansatz;
using Ansatz.Language;
using Ansatz.Prompts;

// A step is a template whose last hole names what it writes; later steps may show it. {label} is the column of the answers.
PipelinePart part = new(
    [
        PipelineStep.Of("{instruction}Message: {text}\nDepartment: {department}", "Name the department."),
        PipelineStep.Of("{instruction}Message: {text}\nDepartment: {department}\nDepartment and time: {label}", "Say when it has to be answered."),
    ],
    DataSplits.Of(Desk.Messages(0, 24, "train"), Desk.Messages(24, 54, "validation"), Desk.Messages(54, 108, "test")));
FunctionChatClient solver = new("desk", (message, _) => Task.FromResult(Desk.Solve(message)));
PipelineObjective objective = new(part, new DeskScorer(), solver, noun: "messages", new() { Price = Price.Free });
Proposer reflector = new(new() { ["name"] = "desk" }, (request, _) => Task.FromResult(new ProposerReply(Desk.Reflect(request.Text))), Price.Free);

// Controls are added unless told otherwise: yours, no instructions, and as many reflections that never build on each other.
await using Study<Pipeline> study = Study.Open("pipeline.db", objective, new Gepa<Pipeline>(reflector), Budget.Rollouts(900), seed: 1);
Verdict<Pipeline> verdict = await study.JudgeAsync();

Console.WriteLine(verdict);
foreach (NamedPrompt step in verdict.Winner.Value.Steps)
{
    Console.WriteLine($"\n {step.Name}:\n{step.Prompt.Instruction}");
}

/// <summary>A help desk whose messages consist of a thing and a hurry. The solver knows only what its instruction tells it.</summary>
internal static partial class Desk
{
    public static readonly (string Word, string Meaning)[] Things =
    [
        ("invoice", "billing"), ("refund", "billing"), ("charge", "billing"), ("parcel", "shipping"), ("courier", "shipping"),
        ("pallet", "shipping"), ("password", "account"), ("login", "account"), ("profile", "account"),
    ];

    public static readonly (string Word, string Meaning)[] Hurries =
        [("asap", "today"), ("stranded", "today"), ("furious", "today"), ("sometime", "this week"), ("curious", "this week"), ("no rush", "this week")];

    public static Dataset Messages(int from, int to, string name) => Dataset.FromRows(
        Enumerable.Range(from, to - from).Select(i =>
        {
            Rng rng = new(1, "message", i);
            ((string thing, string department), (string hurry, string time)) = (rng.Pick(Things), rng.Pick(Hurries));
            return ($"Case {i}: {thing}, {hurry}", $"{department}, {time}");
        }),
        name);

    // Answers with what the instruction says about a word of the message ("courier means shipping"), or with the first that comes to mind.
    public static string Solve(string message)
    {
        string[] parts = message.Split("Message: ");
        string Known(string otherwise) => Meaning().Matches(parts[0]).FirstOrDefault(m => parts[1].Contains(m.Groups[1].Value))?.Groups[2].Value ?? otherwise;
        return message.EndsWith("time:") ? $"{parts[1].Split("Department: ")[1].Split('\n')[0]}, {Known("this week")}" : Known("billing");
    }

    // Adds what the feedback teaches and belongs to the step, a line each.
    public static string Reflect(string prompt)
    {
        string now = prompt.Split("```")[1].Trim();
        bool isFirst = prompt.Contains("of the step \"department\"");
        IEnumerable<string> lessons = Meaning().Matches(prompt[prompt.IndexOf("Run 1")..]).Select(m => m.Value)
            .Where(l => (isFirst ? Things : Hurries).Any(known => l.Contains(known.Word)) && !now.Contains(l)).Distinct().Take(2);
        return $"```\n{string.Join('\n', lessons.Prepend(now))}\n```";
    }

    [GeneratedRegex("\"(.+?)\" means (billing|shipping|account|today|this week)")]
    private static partial Regex Meaning();
}

/// <summary>Right or wrong, and in words what one has to know.</summary>
internal sealed class DeskScorer : RuleScorer
{
    public override JsonObject Identity => new() { ["use"] = "desk" };

    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        string[] lessons =
        [
            .. Desk.Things.Concat(Desk.Hurries).Where(k => item.Fields["text"].Contains(k.Word) && !reply.Contains(k.Meaning)).Select(k => $"\"{k.Word}\" means {k.Meaning}."),
        ];
        return new Scored(reply == item.Answer ? 1 : 0, reply, string.Join(' ', lessons));
    }
}
