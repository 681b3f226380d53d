using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.Kill;

/// <summary>A small study, on the embedded model or of a program. What follows the last answer takes a few hundredths of the time, so every fifth kill is drawn over that stretch alone.</summary>
internal static class StudyKills
{
    /// <summary>A prompt on the embedded model.</summary>
    public const string Embedded = """
        {
          "name": "killed",
          "data": { "file": "reviews.csv", "input": "text", "answer": "label", "split": { "train": 6, "validation": 8, "test": 8, "seed": 1 } },
          "prompt": {
            "template": "{instruction}{demonstrations}Review: {text}\nKind: {label}",
            "yours": { "instruction": "Decide whether each review is praise or a complaint." },
            "open": { "instruction": {}, "demonstrations": { "upTo": 1 }, "label": { "praise": ["praise", "good"], "complaint": ["complaint", "bad"] } }
          },
          "search": { "use": "few-shot-search", "candidates": 4 },
          "seed": 1
        }
        """;

    /// <summary>A program, the formula of the samples, which is built already.</summary>
    public static string Program(string root)
    {
        string sample = Path.Combine(root, "samples", "formula").Replace('\\', '/'), configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return $$"""
            {
              "name": "killed",
              "program": { "project": "{{sample}}/bin/{{configuration}}/net10.0/Ansatz.Samples.Formula.dll", "workers": 2 },
              "data": { "file": "{{sample}}/cooling.csv", "split": { "train": 20, "validation": 20, "test": 50 } },
              "search": { "use": "fun-search", "evaluations": 250 },
              "seed": 1
            }
            """;
    }

    /// <summary>The same, in processes of their own.</summary>
    public static string Processes(string root) => Program(root)
        .Replace("\"workers\"", "\"sandbox\": \"program\", \"workers\"", StringComparison.Ordinal)
        .Replace("\"train\": 20, \"validation\": 20, \"test\": 50", "\"train\": 2, \"validation\": 2, \"test\": 4", StringComparison.Ordinal)
        .Replace("\"evaluations\": 250", "\"evaluations\": 5", StringComparison.Ordinal);

    /// <param name="study">The study file.</param>
    /// <param name="root">The repository.</param>
    /// <param name="scratch">A folder for the attempts.</param>
    /// <param name="kills">How many.</param>
    /// <param name="seed">Of their times.</param>
    /// <param name="ofWorkers">Whether every other one is of a process that the study has started.</param>
    public static async Task<(string Csv, bool IsSame)> RunAsync(string study, string root, DirectoryInfo scratch, int kills, long seed, bool ofWorkers)
    {
        Attempt whole = new(root, scratch.CreateSubdirectory("whole"), study);
        long start = Stopwatch.GetTimestamp();
        await whole.RunAsync();
        TimeSpan length = Stopwatch.GetElapsedTime(start), end = Stopwatch.GetElapsedTime(whole.LastVerdictAt) + TimeSpan.FromMilliseconds(20);
        ImmutableArray<string> expected = await whole.HistoryAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"uninterrupted: {length.TotalSeconds:0.0} s, {expected.Length} lines of history"));

        StringBuilder csv = new();
        csv.Append(CultureInfo.InvariantCulture, $"# seed {seed}, {length.TotalSeconds:0.0} s uninterrupted\nkill,since_the_last_answer,seconds,report,effects_committed,effects_in_all,committed_asked_again,asked_again,same_history,of_a_worker\n");
        Rng rng = new(seed, "kill");
        bool isWhole = true;
        for (int n = 1; n <= kills; n++)
        {
            bool isEnd = n % 5 == 0;
            TimeSpan when = (isEnd ? end : length) * rng.NextDouble();
            Attempt attempt = new(root, scratch.CreateSubdirectory(n.ToString(CultureInfo.InvariantCulture)), study);
            bool ofWorker = ofWorkers && n % 2 == 0;
            int exitCode = await attempt.RunAsync(new Kill(when, isEnd && !ofWorker ? whole.LastVerdict : null, ofWorker ? rng : null));
            bool hadReport = File.Exists(attempt.Report);
            ImmutableArray<(string Arm, StoredEffect Effect)> committed = await attempt.CommittedAsync();
            await attempt.RunAsync();

            ImmutableDictionary<(string, long), int> after = (await attempt.CommittedAsync()).ToImmutableDictionary(e => (e.Arm, e.Effect.Number), e => e.Effect.Attempts);
            int committedAgain = committed.Count(e => after[(e.Arm, e.Effect.Number)] != e.Effect.Attempts), askedAgain = after.Values.Sum(a => a - 1);
            bool isSame = (!ofWorker || exitCode == 0) && (await attempt.HistoryAsync()).SequenceEqual(expected) && File.Exists(attempt.Report);
            isWhole &= isSame && committedAgain == 0;
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{n},{(isEnd ? 1 : 0)},{when.TotalSeconds:0.000},{(hadReport ? 1 : 0)},{committed.Length},{after.Count},{committedAgain},{askedAgain},{(isSame ? 1 : 0)},{attempt.Killed}");
            csv.Append(line).Append('\n');
            Console.WriteLine(line);
            Directory.Delete(attempt.Folder, recursive: true);
        }

        return (csv.ToString(), isWhole);
    }
}
