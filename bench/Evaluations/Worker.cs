using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Language;
using Ansatz.Prompts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;

namespace Ansatz.Bench.Evaluations;

/// <summary>One measurement, in a process of its own.</summary>
internal static class Worker
{
    /// <summary>A study whose model is a chat client: every reply is a call of its own, committed as it arrives.</summary>
    public const string Chat = "study, chat";

    /// <summary>A study whose model scores continuations: a block is committed as a whole.</summary>
    public const string Block = "study, blocks";

    /// <summary>The same calls and the same scoring, and nothing kept.</summary>
    public const string Bare = "bare loop";

    /// <summary>SQLite alone: a row of as much text for each reply, a transaction for each block.</summary>
    public const string Sqlite = "SQLite alone";

    private const int Items = 200; // validation items: the block

    public static readonly ImmutableArray<string> Kinds = [Bare, Sqlite, Chat, Block];

    private static readonly PromptTemplate s_template = PromptTemplate.Parse("{instruction}Review: {text}\nKind: {label}");

    public static async Task<Measurement> MeasureAsync(string kind, int outcomes)
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-bench-").FullName;
        try
        {
            DataSplits splits = Dataset
                .FromRows(Enumerable.Range(0, 400).Select(i => (i % 2 == 0 ? $"good thing number {i}" : $"bad thing number {i}", i % 2 == 0 ? "praise" : "complaint")), "rows")
                .Split(20, Items, 100, seed: 1);
            (_, _, IAsyncDisposable? warm) = await RunAsync(kind, Path.Combine(folder, "warm.db"), splits, 10); // code is compiled
            await (warm?.DisposeAsync() ?? ValueTask.CompletedTask);
            string database = Path.Combine(folder, "measured.db");
            long before = GC.GetTotalMemory(forceFullCollection: true), allocated = GC.GetTotalAllocatedBytes(precise: true);
            (double seconds, long heap, IAsyncDisposable? study) = await RunAsync(kind, database, splits, outcomes / Items);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            await (study?.DisposeAsync() ?? ValueTask.CompletedTask);
            using Process self = Process.GetCurrentProcess();
            return new(kind, outcomes, seconds, heap - before, allocated, self.PeakWorkingSet64, Directory.EnumerateFiles(folder, "measured.db*").Sum(f => new FileInfo(f).Length));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Seconds, long Heap, IAsyncDisposable? Study)> RunAsync(string kind, string database, DataSplits splits, int candidates)
    {
        if (kind == Bare)
        {
            return await BareAsync(splits, candidates);
        }

        if (kind == Sqlite)
        {
            return SqliteAlone(database, splits, candidates);
        }

        PromptPart part = new(s_template, splits, open: new() { Instruction = new() });
        using IChatClient model = kind == Chat ? Reply() : new InstantScorer(Reply());
        OneByOne search = new(candidates);
        Study<Prompt> study = Study.Open(
            database, new PromptObjective(part, new LabelScorer(), model), search, Budget.Unlimited, seed: 1, new() { Controls = [Arm<Prompt>.OfYours()] });
        await foreach (StudyEvent happened in study.RunAsync())
        {
            if (happened is ArmEnded)
            {
                break; // the search; the control is not measured
            }
        }

        return (search.Seconds, search.Heap, study);
    }

    private static async Task<(double, long, IAsyncDisposable?)> BareAsync(DataSplits splits, int candidates)
    {
        using FunctionChatClient model = Reply();
        LabelScorer scorer = new();
        LabelWordings wordings = new(splits.Labels.Select(l => KeyValuePair.Create(l, l)));
        long start = Stopwatch.GetTimestamp();
        double right = 0;
        for (int n = 0; n < candidates; n++)
        {
            Prompt prompt = new() { Instruction = OneByOne.Instruction(n) };
            foreach (TextItem item in splits.Validation)
            {
                ChatResponse response = await model.GetResponseAsync(s_template.Render(prompt, item.Fields), new() { Temperature = 0, MaxOutputTokens = 256 });
                right += scorer.Score(response.Text, item, wordings).ScoreOn(Scale.Binary);
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return right > 0 ? (seconds, GC.GetTotalMemory(forceFullCollection: true), null) : throw new InvalidOperationException("No answer was right.");
    }

    private static (double, long, IAsyncDisposable?) SqliteAlone(string database, DataSplits splits, int candidates)
    {
        using SqliteConnection connection = new($"Data Source={database};Pooling=False");
        connection.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE reply (candidate INTEGER, item INTEGER, question TEXT, answer TEXT, PRIMARY KEY (candidate, item)) WITHOUT ROWID");
        long start = Stopwatch.GetTimestamp();
        for (int n = 0; n < candidates; n++)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            using SqliteCommand insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO reply VALUES ($candidate, $item, $question, $answer)";
            SqliteParameter item = insert.Parameters.Add("$item", SqliteType.Integer), question = insert.Parameters.Add("$question", SqliteType.Text);
            insert.Parameters.AddWithValue("$candidate", n);
            insert.Parameters.AddWithValue("$answer", """{"text":"praise","inputTokens":0,"outputTokens":0}""");
            Prompt prompt = new() { Instruction = OneByOne.Instruction(n) };
            for (int i = 0; i < splits.Validation.Length; i++)
            {
                (item.Value, question.Value) = (i, s_template.Render(prompt, splits.Validation[i].Fields));
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        return (Stopwatch.GetElapsedTime(start).TotalSeconds, GC.GetTotalMemory(forceFullCollection: true), null);

        void Execute(string sql)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private static FunctionChatClient Reply() => new("instant", (text, _) => Task.FromResult(text.Contains("good", StringComparison.Ordinal) ? "praise" : "complaint"));

    /// <summary>Instructions, each on all validation items, one after the other.</summary>
    private sealed class OneByOne(int candidates) : Optimizer<Prompt>
    {
        /// <summary>How long the search took.</summary>
        public double Seconds { get; private set; }

        /// <summary>Managed memory that is alive with all outcomes in the search's hands.</summary>
        public long Heap { get; private set; }

        public override JsonObject Settings => new() { ["use"] = "one by one", ["candidates"] = candidates };

        public static string Instruction(int n) => string.Create(CultureInfo.InvariantCulture, $"Instruction number {n}: say what kind of review it is.");

        public override async Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken)
        {
            List<Block<Prompt>> known = []; // an optimizer that selects keeps what it has seen
            long start = Stopwatch.GetTimestamp();
            for (int n = 0; n < candidates; n++)
            {
                known.AddRange(await search.EvaluateAsync([search.WholeSplit(search.Propose(new() { Instruction = Instruction(n) }, "one"), Split.Validation)], cancellationToken));
            }

            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Heap = GC.GetTotalMemory(forceFullCollection: true);
            GC.KeepAlive(known);
        }
    }

    /// <summary>A model that knows the probabilities without computing them.</summary>
    private sealed class InstantScorer(IChatClient inner) : DelegatingChatClient(inner), IContinuationScorer
    {
        public JsonObject Identity => new() { ["model"] = "instant" };

        public int ContextTokens => 100_000;

        public ImmutableArray<int> Tokenize(string text) => [.. text.Split(' ').Select(w => w.Length)];

        public Task<ContinuationScores> ScoreAsync(
            string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken) => Task.FromResult<ContinuationScores>(new(
            [.. items.Select(i => i.Contains("good", StringComparison.Ordinal)).Select(g => continuations.Select(c => c.EndsWith("praise", StringComparison.Ordinal) == g ? -0.1 : -2.4).ToImmutableArray())],
            [.. items.Select(_ => 20)]));

        public override object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(IContinuationScorer) ? this : base.GetService(serviceType, serviceKey);
    }
}
