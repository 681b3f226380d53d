using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ansatz.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Ansatz.Experiments.Kill;

/// <summary>
/// A small study of each optimizer, with its controls, on a server whose replies are a function of what is asked. The server counts every request, and each reply bears a number that its request alone decides, so
/// that what the journal has committed can be held against what is asked afterwards. One kill falls on a drawn request, up to 8 ms after its arrival, the next on a drawn time.
/// </summary>
internal static class OptimizerKills
{
    public const string KeyVariable = "ANSATZ_KILL_KEY";

    private const int Milliseconds = 4; // that a reply takes

    private static readonly ImmutableArray<string> s_optimizers =
        ["few-shot-search", "bootstrap-few-shot", "grips", "opro", "evoprompt-ga", "evoprompt-de", "gepa", "mipro-v2"];

    private static readonly string[] s_words = "say name decide judge whether the a review writer customer likes hates praises complains product film kindly shortly carefully".Split(' ');

    public static async Task<(string Csv, bool IsSame)> RunAsync(string root, DirectoryInfo scratch, int killsEach, long seed)
    {
        ConcurrentDictionary<string, int> asked = new(StringComparer.Ordinal);
        int requests = 0, fatal = -1;
        TimeSpan late = TimeSpan.Zero;
        Attempt? running = null;
        LoopbackServer server = await LoopbackServer.StartAsync(async (context, body) =>
        {
            asked.AddOrUpdate(body.ToJsonString(), 1, (_, n) => n + 1);
            if (Interlocked.Increment(ref requests) == fatal)
            {
                await Task.Delay(late);
                running!.Kill();
            }

            await Task.Delay(Milliseconds, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(LoopbackServer.Completion(Reply(body), "stop", NumberOf(body.ToJsonString()), 3), context.RequestAborted);
        });
        await using (server)
        {
            StringBuilder csv = new();
            csv.Append(CultureInfo.InvariantCulture, $"# seed {seed}\noptimizer,kill,at_request,at_seconds,replies_committed,calls_in_all,calls_after_the_kill,committed_asked_again,out_asked_again,same_history\n");
            bool isWhole = true;
            foreach (string optimizer in s_optimizers)
            {
                string study = Study(optimizer, server.Url);
                Attempt whole = running = new(root, scratch.CreateSubdirectory(optimizer), study);
                Begin(-1, TimeSpan.Zero);
                long start = Stopwatch.GetTimestamp();
                await whole.RunAsync();
                TimeSpan length = Stopwatch.GetElapsedTime(start);
                ImmutableArray<string> expected = await whole.HistoryAsync();
                ImmutableDictionary<string, int> needed = asked.ToImmutableDictionary();
                Dictionary<long, string> byNumber = needed.Keys.ToDictionary(b => (long)NumberOf(b));
                int calls = needed.Values.Sum();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{optimizer}, uninterrupted: {length.TotalSeconds:0.0} s, {calls} calls, {expected.Length} lines of history"));
                Rng rng = new(seed, optimizer);
                for (int n = 1; n <= killsEach; n++)
                {
                    bool isTime = n % 2 == 0;
                    int request = 1 + rng.Next(calls);
                    TimeSpan when = length * rng.NextDouble();
                    Attempt attempt = running = new(root, scratch.CreateSubdirectory(string.Create(CultureInfo.InvariantCulture, $"{optimizer}-{n}")), study);
                    Begin(isTime ? -1 : request, TimeSpan.FromMilliseconds(8 * rng.NextDouble()));
                    await attempt.RunAsync(isTime ? new Kill(when) : null);
                    ImmutableDictionary<string, int> before = asked.ToImmutableDictionary();
                    Dictionary<string, int> committed = (await CommittedAsync(attempt)).GroupBy(number => byNumber[number]).ToDictionary(g => g.Key, g => g.Count());

                    Begin(-1, TimeSpan.Zero);
                    await attempt.RunAsync();
                    int After(string body) => asked.GetValueOrDefault(body);
                    int committedAgain = needed.Keys.Union(asked.Keys).Sum(b => Math.Max(0, After(b) + committed.GetValueOrDefault(b) - needed.GetValueOrDefault(b)));
                    int outAgain = needed.Keys.Union(asked.Keys).Sum(b => Math.Max(0, before.GetValueOrDefault(b) + After(b) - needed.GetValueOrDefault(b)));
                    bool isSame = (await attempt.HistoryAsync()).SequenceEqual(expected) && File.Exists(attempt.Report);
                    isWhole &= isSame && committedAgain == 0;
                    string line = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{optimizer},{n},{(isTime ? "" : request)},{(isTime ? when.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) : "")},{committed.Values.Sum()},{calls},{asked.Values.Sum()},{committedAgain},{outAgain},{(isSame ? 1 : 0)}");
                    csv.Append(line).Append('\n');
                    Console.WriteLine(line);
                    Directory.Delete(attempt.Folder, recursive: true);
                }
            }

            return (csv.ToString(), isWhole);
        }

        void Begin(int deadly, TimeSpan delay)
        {
            asked.Clear();
            (requests, fatal, late) = (0, deadly, delay);
        }
    }

    // The numbers of all replies in the journal: of items, each as it came; of proposals, in the answer of their effect.
    private static async Task<ImmutableArray<long>> CommittedAsync(Attempt attempt)
    {
        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>();
        numbers.AddRange((await attempt.CommittedAsync())
            .Where(e => e.Effect.Kind == "call")
            .Select(e => JsonNode.Parse(e.Effect.Answer!)!["reply"])
            .OfType<JsonObject>() // the judge's baselines are calls too, whose replies are lists
            .Select(r => r["inputTokens"]!.GetValue<long>()));
        using SqliteConnection connection = new($"Data Source={attempt.Database};Pooling=False");
        connection.Open();
        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT answer FROM reply";
        using SqliteDataReader rows = select.ExecuteReader();
        while (rows.Read())
        {
            numbers.Add(JsonNode.Parse(rows.GetString(0))!["InputTokens"]!.GetValue<long>());
        }

        return numbers.ToImmutable();
    }

    // Which of two labels is any function of the text; a proposal is made of drawn words, in the brackets that its prompt asks for.
    private static string Reply(JsonNode body)
    {
        string asked = LoopbackServer.LastMessage(body);
        Rng rng = new(body["seed"]?.GetValue<long>() ?? 0, asked);
        if (asked.EndsWith("Kind:", StringComparison.Ordinal))
        {
            return rng.Next(10) switch { 0 => "I cannot say.", < 5 => "praise", _ => "complaint" };
        }

        string words = string.Join(' ', Enumerable.Range(0, 4 + rng.Next(6)).Select(_ => rng.Pick(s_words)));
        return asked.Contains("```", StringComparison.Ordinal) ? $"```\n{words}\n```" : $"<INS>{words}</INS>";
    }

    private static int NumberOf(string body) => 1 + new Rng(1, body).Next(1 << 30);

    private static string Study(string optimizer, string url) => $$"""
        {
          "name": "killed",
          "data": { "file": "reviews.csv", "input": "text", "answer": "label", "split": { "train": 8, "validation": 10, "test": 10, "seed": 1 } },
          "prompt": {
            "template": "{instruction}{demonstrations}Review: {text}\nKind: {label}",
            "yours": { "instruction": "Decide whether each review is praise or a complaint." },
            "open": { "instruction": {}, "demonstrations": { "upTo": 2 } }
          },
          "model": { "baseUrl": "{{url}}", "name": "scripted", "keyFrom": "{{KeyVariable}}", "maxReplyTokens": 16 },
          "controls": "all",
          "search": { "use": "{{optimizer}}"{{(optimizer == "mipro-v2" ? "" : ", \"candidates\": 8")}} },
          "seed": 1
        }
        """;
}
