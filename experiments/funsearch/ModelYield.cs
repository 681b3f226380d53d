using System.Collections.Immutable;
using System.Text.Json;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Programs;
using Ansatz.Samples.Programs;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>L2: what comes of the programs that the embedded model of 135 million parameters writes, with the paper's prompt.</summary>
internal static class ModelYield
{
    public const int Proposals = 100;

    public static async Task RunAsync(string folder, Action<RunResult> keep, CancellationToken cancellationToken)
    {
        using EmbeddedModel model = EmbeddedModel.Load();
        long tokens = 0;
        TimeSpan writing = TimeSpan.Zero;
        Proposer proposer = new(model.Identity, async (request, token) =>
        {
            long start = TimeProvider.System.GetTimestamp();
            Completion completion = await model.CompleteAsync(request.Text, new() { MaxTokens = request.MaxTokens, Temperature = request.Temperature, TopP = request.TopP, Seed = request.Seed }, token);
            tokens += completion.CompletionTokens;
            writing += TimeProvider.System.GetElapsedTime(start);
            return new(completion.Text, completion.PromptTokens, completion.CompletionTokens);
        }, Price.Free);
        FunSearch search = new(new ChatProposer(proposer) { Prompt = ProgramPrompt.Continue, Temperature = 0.8f, MaxTokens = 150 }) { Evaluations = Proposals, SamplesPerPrompt = 4 };
        string database = Path.Combine(folder, "model.db");
        ProgramObjective<Func<double, double, double>, PackingInstance> objective = PackingHole.Weibull(1, 5_000, []);
        await using (Study<ProgramSource> study = Study.Open(
            database, objective, search, Budget.Unlimited, 1, new() { Name = "model", Controls = [Arm<ProgramSource>.OfYours()], Seeds = 2, AllowRejected = true }))
        {
            Dictionary<string, (double? Mean, int Rejected)> outcomes = [];
            const string Arm = "found (seed 1)"; // one is enough: the run ends with it
            await foreach (StudyEvent e in study.RunAsync(cancellationToken))
            {
                if (e is BlockEvaluated { Arm: Arm, Split: Split.Train } block)
                {
                    outcomes[block.Candidate] = (block.Mean, block.Rejected);
                }
                else if (e is ArmEnded { Arm: Arm })
                {
                    break;
                }
            }

            StoredStudy stored = study.Journal.Find("model")!;
            ImmutableArray<StoredCandidate> candidates = [.. study.Journal.Candidates(stored, Arm).Skip(1)];
            string[] reasons = [.. study.Journal.Effects(stored, Arm).Select(e => e.Answer ?? "")];
            int scored = candidates.Count(c => outcomes[c.Id].Rejected == 0);
            int better = candidates.Count(c => outcomes[c.Id].Mean is { } mean && mean > c.Parents.Max(p => outcomes[p].Mean));
            int refused = reasons.Count(r => r.Contains("It does not compile", StringComparison.Ordinal));
            keep(new(
                "model",
                "default",
                1,
                ImmutableSortedDictionary<string, double>.Empty,
                ImmutableSortedDictionary<string, ImmutableArray<double>>.Empty,
                ImmutableSortedDictionary<string, string>.Empty,
                new Dictionary<string, double>
                {
                    ["proposals"] = Proposals,
                    ["new"] = candidates.Length,
                    ["parsed"] = candidates.Count(c => JsonSerializer.Deserialize(c.Text, objective.Codec)!.Parses()),
                    ["compiled"] = candidates.Length - refused,
                    ["scored"] = scored,
                    ["better"] = better,
                    ["tokensPerSecond"] = tokens / Math.Max(1e-9, writing.TotalSeconds),
                }.ToImmutableSortedDictionary()));
        }

        foreach (string file in Directory.GetFiles(folder, "model.db*"))
        {
            File.Delete(file);
        }
    }
}
