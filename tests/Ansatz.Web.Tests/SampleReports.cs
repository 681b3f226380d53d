using System.Collections.Immutable;

namespace Ansatz.Web.Tests;

/// <summary>Reports to look at: a study of a prompt, a study of a function, and one in which every text is an attack.</summary>
internal static class SampleReports
{
    private const string Bayes = "naive Bayes on the same 120 labels";

    private const string YoursPrompt = "Decide whether each review is praise or a complaint.\n\nReview: {text}\nKind: {label}";

    private const string FoundPrompt = """
        Decide whether each review is positive or negative.

        Review: The handle broke after two days and nobody answers my mails.
        Kind: negative

        Review: Sounds far better than its price suggests.
        Kind: positive

        Review: I wanted to like it, but the battery is empty by noon.
        Kind: negative

        Review: My daughter will not put it down. Thank you!
        Kind: positive

        Review: {text}
        Kind: {label}
        """;

    public static Report Reviews() => new()
    {
        Task = "Sort customer reviews into praise and complaint",
        Model = "smollm2-135m-instruct (embedded, q8_0, avx2)",
        Elapsed = TimeSpan.FromSeconds(186),
        Verdict = new()
        {
            Study = "reviews",
            Scale = Scale.Binary,
            Noun = "reviews",
            CandidateNoun = "prompt",
            Items = 300,
            Rows =
            [
                Row("found, simplified", ArmRole.Search, .91, .872, .937, (.41, .344, .471)) with { Validation = .925, CandidateId = "c44", Summaries = [new("macro-F1", .909, new(.874, .94))] },
                Row("yours", ArmRole.Yours, .5, .444, .556) with { Validation = .5, CandidateId = "yours", Summaries = [new("macro-F1", .333, new(.31, .36))] },
                Row("no instruction", ArmRole.Control, .51, .454, .566, (.01, -.009, .029), .74) with { Validation = .513 },
                Row("8 random draws, not chosen", ArmRole.Draw, .574, .5, .85) with { Draws = 8, Values = [.5, .52, .51, .62, .5, .59, .85, .502], Rejected = 2 },
                Row("majority label", ArmRole.Control, .5, .444, .556, (0, -.08, .08), 1) with { Validation = .5, IsBaseline = true, InWords = "the majority label" },
                Row(Bayes, ArmRole.Control, .7, .646, .749, (.2, .13, .268), 1e-6) with { Validation = .717, IsBaseline = true, InWords = "word counts alone" },
            ],
            AgainstYours = new("found, simplified", "yours", .41, new(.344, .471), 1e-9, null),
            AgainstStrongest = new("found, simplified", Bayes, .21, new(.155, .266), 1e-9, null),
            Detectable = .052,
            Candidates = 48,
            Flattery = .015,
            Account = new(
                new() { Rollouts = 3520, Calls = 3520, InputTokens = 412_400, OutputTokens = 3520 },
                new() { Rollouts = 1700, Calls = 1700, InputTokens = 88_000, OutputTokens = 1700 },
                new() { Rollouts = 2400, Calls = 2400, InputTokens = 231_000, OutputTokens = 2400 }),
        },
        Yours = YoursPrompt,
        Found = FoundPrompt,
        Slots =
        [
            new("instruction", "Decide whether each review is praise or a complaint.", "Decide whether each review is positive or negative."),
            new("demonstrations", "", "The handle broke after two days and nobody answers my mails. \u2192 negative\nSounds far better than its price suggests. \u2192 positive\nI wanted to like it, but the battery is empty by noon. \u2192 negative\nMy daughter will not put it down. Thank you! \u2192 positive"),
            new("label praise", "praise", "positive"),
            new("label complaint", "complaint", "negative"),
            new("preamble", "", ""),
        ],
        Simplification = new(
            "What did it: calling the labels \"positive\" and \"negative\" inside the prompt. Four of the eight examples made no difference that 80 validation items can show, so they were dropped: 118 tokens a call instead of 214.",
            [new("label words", .925, .562, false), new("example 8", .925, .925, true), new("example 7", .925, .938, true), new("example 6", .938, .925, true), new("example 5", .925, .925, true), new("example 4", .925, .85, false), new("instruction", .925, .875, false)]),
        Items = new(
            80, 36, 2,
            [.. Enumerable.Range(0, 10).Select(i => new ReportItem(Texts[i], i % 3 == 2 ? "praise" : "complaint", i % 3 == 2 ? "complaint" : "praise", i % 3 == 2 ? "praise" : "complaint"))],
            [new("Does exactly what the old one did, minus the noise. Cannot complain.", "praise", "praise", "complaint"), new("Not bad at all for a first version.", "praise", "praise", "")]),
        Progress =
        [
            new("search", ArmRole.Search, [new(80, .512), new(240, .6), new(480, .71), new(960, .84), new(1600, .875), new(2640, .913), new(3200, .925), new(3520, .925)]),
            new("yours", ArmRole.Yours, [new(80, .5)]),
            new("no instruction", ArmRole.Control, [new(80, .513)]),
            .. ((double[])[.5, .53, .51, .65, .5, .58, .83, .5]).Select((v, i) => new ProgressCurve(FormattableString.Invariant($"draw {i + 1}"), ArmRole.Draw, [new(80, v)])),
        ],
        LearningCurves = [new(Bayes, [new(10, .55, .5, .6), new(20, .59, .53, .64), new(40, .63, .57, .68), new(80, .68, .65, .72), new(120, .7, .7, .7)])],
        Confusions =
        [
            new("found", "300 test reviews", ["praise", "complaint"], [[138, 12], [15, 135]], [0, 0]),
            new("yours", "300 test reviews", ["praise", "complaint"], [[150, 0], [148, 0]], [0, 2]),
        ],
        Usage = [new("found", 118, 1, 24.4), new("yours", 38.4, 1, 11.2)],
        Trials = [.. Trials()],
        Failures = [new("8 random draws", 3, "item 17", "The answer is none of the labels.", "Kind: The review is about a\nkettle"), new("8 random draws", 5, "item 44", "The answer is empty.", "")],
        FailureCount = 2,
        Notes = ["Log-probabilities of labels were compared, whole labels; nothing was generated.", "Macro-F1 and balanced accuracy are summaries of the same outcomes; the search never saw them."],
        Command = "ansatz run samples/reviews/study.json",
        Facts =
        [
            new("Ansatz", "0.1.0"), new(".NET", "10.0.3"), new("machine", "linux-x64, 2 cores, AVX-512"), new("kernels", "AVX2, batches of 20"),
            new("weights", "sha256 7b46609d11703c058397e5cfe4cc6e4b2508cb1eb4c80ddc472a5d421fbdb508"), new("data", "sha256 90c1f6e0a3b7d2c4586b1c9f3e7a8d0b11224f5e6d7c8b9a0f1e2d3c4b5a6978"),
            new("seed", "1"), new("split seed", "1"),
        ],
    };

    /// <summary>A function on the scale real, judged over seeds: no prompt, no items, no labels.</summary>
    public static Report Function() => new()
    {
        Task = "Minimise the Rosenbrock function in 5 dimensions",
        Verdict = new()
        {
            Study = "rosenbrock",
            Scale = Scale.Real,
            Noun = "items",
            CandidateNoun = "vector",
            Items = 0,
            Seeds = 10,
            Rows =
            [
                Row("found", ArmRole.Search, -12.312, -14.01, -10.6, (2.89, 1.2, 4.58)) with { Values = [-12.1, -11, -14.5, -10.02, -13.3, -12, -12.2, -11.9, -13, -13.1] },
                Row("yours", ArmRole.Yours, -15.2, -15.2, -15.2),
                Row("random search, tenth of the budget", ArmRole.Control, -19.04, -22.4, -16.1, (-3.84, -7.2, -.9)) with { Values = [-18, -19, -20, -25.1, -15.2, -18.1, -19.4, -19, -17, -19.6] },
            ],
            AgainstYours = new("found", "yours", 2.89, new(1.2, 4.58), .002, null),
            AgainstStrongest = new("found", "random search, tenth of the budget", 6.73, new(4.1, 9.3), .002, null),
            Account = new(new() { Rollouts = 50_000 }, new() { Rollouts = 5000 }, default),
        },
        Yours = "[0, 0, 0, 0, 0]",
        Found = "[0.97, 0.95, 0.9, 0.81, 0.66]",
        Progress = [.. Enumerable.Range(1, 10).Select(seed => new ProgressCurve("search", ArmRole.Search, [.. Enumerable.Range(1, 8).Select(i => new ProgressPoint(i * 640, -12 - (30.0 / i) - (seed % 4)))], seed))],
        Trials = [.. Enumerable.Range(0, 12).Select(i => new ReportTrial(i, "search", FormattableString.Invariant($"r{i}"), TrialState.Completed, -40 + i, null, 1, [], "random draw", FormattableString.Invariant($"vector {i}"), FormattableString.Invariant($"[{i}, 0, 0, 0, 0]")))],
        Command = "dotnet run --project samples/Rosenbrock",
        Facts = [new("seeds", "1 to 10")],
    };

    /// <summary>Every text holds what breaks out of markup, out of scripts and out of lines.</summary>
    public static Report Hostile()
    {
        const string evil = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\" onfocus='x' ]]> <!-- \u202Egnp.exe\u2066 \0 \u001b[2J \u2028 & \ud800 </title></style>";
        VerdictRow row = Row(evil, ArmRole.Search, .5, .4, .6, (.1, .01, .2)) with { Validation = .5, Summaries = [new(evil, .5, new(0, 1))] };
        return new()
        {
            Task = evil,
            Model = evil,
            Verdict = new()
            {
                Study = evil,
                Scale = Scale.Binary,
                Noun = evil,
                CandidateNoun = evil,
                Items = 10,
                Rows = [row, row with { Role = ArmRole.Yours, AgainstYours = null }, row with { Role = ArmRole.Draw, Draws = 2, Values = [.4, .6] }, row with { Role = ArmRole.Control, IsBaseline = true, Mean = .9, InWords = evil }],
                AgainstYours = new(evil, evil, .1, new(.01, .2), .01, null),
                AgainstStrongest = new(evil, evil, .1, new(.01, .2), .01, null),
                Account = new(default, default, default),
            },
            Yours = evil + " old",
            Found = evil + " new",
            Slots = [new(evil, evil, evil + "!"), new(evil, evil, evil)],
            Simplification = new(evil, [new(evil, .5, .5, true)]),
            Items = new(1, 1, 1, [new(evil, evil, evil, evil)], [new(evil, evil, evil, evil)]),
            Progress = [new(evil, ArmRole.Search, [new(1, .5)]), new(evil, ArmRole.Draw, [new(1, .5)]), new(evil, ArmRole.Control, [new(1, .5)])],
            LearningCurves = [new(evil, [new(1, .5, .4, .6)])],
            Confusions = [new(evil, evil, [evil, evil], [[1, 0], [0, 1]], [1, 0])],
            Usage = [new(evil, 1, 1, null)],
            Trials = [new(0, evil, evil, TrialState.Pruned, null, .5, 1, [], evil, evil, evil), new(1, evil + "2", "child", TrialState.Completed, .4, .5, 1, [evil], evil, evil, evil + " more")],
            Lineage = [new(0, evil, "a", TrialState.Completed, .4, .5, 1, [], evil, evil, evil), new(1, evil, "b", TrialState.Completed, .5, null, 1, ["a", "c"], evil, evil, evil + " more")],
            Yields = [new(evil, evil, 10, 10, 9, 8, 1)],
            Failures = [new(evil, 1, evil, evil, evil)],
            Notes = [evil],
            Command = evil,
            Facts = [new(evil, evil)],
        };
    }

    private static readonly string[] Texts =
    [
        "Arrived with a crack in the lid, and the second one did too.",
        "The app asks for my birthday before it lets me turn on the lamp. No.",
        "Fits my hand as if it had been made for it.",
        "Two stars for the box, none for what was inside.",
        "It worked until the update; since then it hums all night, and support tells me to wait for the next update.",
        "Bought three more for the family, which says it all.",
        "Smells of glue. Still smells of glue after a month on the balcony.",
        "The description says leather. It is not leather.",
        "Quiet, quick, and my cat approves.",
        "I have sent it back twice now. What can I say that the photographs do not?",
    ];

    private static IEnumerable<ReportTrial> Trials()
    {
        string[] origins = ["random draw", "mutation", "yours"];
        yield return new(0, "yours", "yours", TrialState.Completed, null, .5, 80, [], "yours", "\"Decide whether each review is praise...\"", YoursPrompt);
        yield return new(0, "no instruction", "none", TrialState.Completed, null, .513, 80, [], "no instruction", "no instruction, no examples", "Review: {text}\nKind: {label}");
        for (int i = 0; i < 48; i++)
        {
            bool pruned = i % 5 != 4;
            ImmutableArray<string> parents = i > 6 && i % 3 == 0 ? [FormattableString.Invariant($"c{i / 2}")] : [];
            yield return new(
                i, "search", FormattableString.Invariant($"c{i}"), pruned ? TrialState.Pruned : TrialState.Completed, .5 + (i * 37 % 43 / 100.0), pruned ? null : .49 + (i * 29 % 44 / 100.0), pruned ? 20 : 80,
                parents, origins[parents.Length > 0 ? 1 : 0], FormattableString.Invariant($"labels {(i % 2 == 0 ? "positive/negative" : "good/bad")} + {i % 9} examples"),
                FoundPrompt.Replace("The handle broke", Texts[i % 10].TrimEnd('.') + ", and the handle broke", StringComparison.Ordinal).Replace("positive", i % 2 == 0 ? "positive" : "good", StringComparison.Ordinal));
        }
    }

    private static VerdictRow Row(
        string name, ArmRole role, double mean, double low, double high, (double Difference, double Low, double High)? yours = null, double? adjusted = null) => new()
        {
            Name = name,
            Role = role,
            Mean = mean,
            Interval = new(low, high),
            AgainstYours = yours is { } y ? new(name, "yours", y.Difference, new(y.Low, y.High), adjusted, adjusted) : null,
        };
}
