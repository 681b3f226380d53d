using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ansatz.Language;
using Ansatz.Testing;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli.Tests;

/// <summary>The command line in a folder of its own, in this process, on a model that is a function.</summary>
internal sealed class Cli : IDisposable
{
    /// <summary>A study on rows that <see cref="GoodBadModel"/> knows, small enough for a test.</summary>
    public const string Study = """
        {
          "name": "tiny",
          "data": { "file": "rows.csv", "noun": "reviews", "split": { "train": 12, "validation": 20, "test": 40, "seed": 1 } },
          "prompt": {
            "template": "{instruction}{demonstrations}Review: {text}\nKind: {label}",
            "yours": { "instruction": "Decide." },
            "open": { "instruction": {}, "demonstrations": { "upTo": 2 }, "label": { "praise": ["praise", "positive"], "complaint": ["complaint", "negative"] } }
          },
          "search": { "candidates": 6, "rollouts": 2000 },
          "seed": 1
        }
        """;

    private readonly TempFolder _folder = new();

    /// <summary>Written to the folder as rows.csv: 120 rows, half praise, half complaint.</summary>
    public static string Rows => "text,label\n" + string.Join('\n', Enumerable.Range(0, 120).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"It is {(i % 2 == 0 ? "good" : "bad")} thing {i},{(i % 2 == 0 ? "praise" : "complaint")}")));

    public GoodBadModel Model { get; } = new();

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    /// <summary>A folder with rows.csv and study.json.</summary>
    public static Cli WithStudy(string? study = null)
    {
        Cli cli = new();
        cli.Write("rows.csv", Rows);
        cli.Write("study.json", study ?? Study);
        return cli;
    }

    /// <summary>The error with the folder's path taken out.</summary>
    public string ErrorHere => Error.Replace(_folder.File("") + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    public string File(string name) => _folder.File(name);

    public void Write(string name, string text) => _folder.Write(name, text);

    public Task<int> RunAsync(params string[] args) => RunAsync("", args, TestContext.Current.CancellationToken);

    public Task<int> TypeAsync(string typed, params string[] args) => RunAsync(typed, args, TestContext.Current.CancellationToken);

    public async Task<int> RunAsync(string typed, string[] args, CancellationToken cancellationToken, TimeProvider? clock = null)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture), error = new(CultureInfo.InvariantCulture);
        Endpoints endpoints = new();
        endpoints.Add(Endpoints.Embedded, () => Model);
        int exitCode = await App.RunAsync(
            args,
            new()
            {
                Output = output,
                Error = error,
                Input = new StringReader(typed),
                Folder = _folder.File("").TrimEnd(Path.DirectorySeparatorChar),
                Endpoints = endpoints,
                Clock = clock ?? TimeProvider.System,
            },
            cancellationToken);
        (Output, Error) = (output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
        return exitCode;
    }

    /// <summary>The history of a study in the folder's database.</summary>
    public async Task<string[]> HistoryAsync(string name)
    {
        await using Journal journal = Journal.Open(File("ansatz.db"));
        return [.. journal.History(journal.Find(name)!)];
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Knows whether "good" or "bad" stands in an item, and says so the more often, the better the prompt: labels called positive and negative help, examples too.</summary>
internal sealed class GoodBadModel : IChatClient, IContinuationScorer
{
    /// <summary>Called before each block is scored.</summary>
    public Action<int> BeforeBlock { get; set; } = _ => { };

    /// <summary>What examples add to the share of items that it knows.</summary>
    public double GainOfExamples { get; set; } = 0.1;

    /// <summary>The share of items that it knows under a prefix; none: by labels and examples.</summary>
    public Func<string, double>? Skill { get; set; }

    /// <summary>Whether it guesses, whatever the prompt.</summary>
    public bool IsSpoilt { get; set; }

    /// <summary>What it replies to a message; none: a new instruction between tags, as a proposer does.</summary>
    public Func<string, string>? Reply { get; set; }

    /// <summary>How many blocks were scored.</summary>
    public int Blocks { get; private set; }

    public JsonObject Identity => new() { ["weights"] = "good-bad" };

    public int ContextTokens => 100_000;

    public ImmutableArray<int> Tokenize(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Sum(c => (c * 31) + 7))];

    public Task<ContinuationScores> ScoreAsync(
        string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken)
    {
        BeforeBlock(Blocks++);
        cancellationToken.ThrowIfCancellationRequested();
        int positive = Array.FindIndex([.. continuations], c => c.Contains("positive", StringComparison.Ordinal) || c.Contains("praise", StringComparison.Ordinal));
        double skill = Skill?.Invoke(prefix) ?? 0.5 + (continuations.Contains(" positive") ? 0.3 : 0) + (prefix.Contains("It is", StringComparison.Ordinal) ? GainOfExamples : 0);
        return Task.FromResult(new ContinuationScores(
            [
                .. items.Select(item =>
                {
                    bool isRight = new Rng(0, item).NextDouble() < (IsSpoilt ? 0.2 : skill);
                    bool isGood = item.Contains("good", StringComparison.Ordinal) == isRight;
                    return continuations.Select((_, k) => Math.Log((k == positive) == isGood ? 0.8 : 0.1)).ToImmutableArray();
                }),
            ],
            [.. items.Select(i => Tokenize(prefix + i).Length)]));
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        StringBuilder asked = new();
        foreach (ChatMessage message in messages)
        {
            asked.Append(message.Text);
        }

        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Reply?.Invoke(asked.ToString()) ?? $"<INS>Version {asked.Length} {options?.Seed}</INS>")));
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("test", null, "good-bad") : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
