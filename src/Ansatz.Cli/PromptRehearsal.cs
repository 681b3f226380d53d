using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>
/// Runs the searches of a study of prompts without asking anybody: scores are drawn at random, and the proposer's replies are long instructions that nobody reads. What it would be asked, and cost, is counted:
/// how many questions there are, and how long they grow. What GEPA shows of the answers is as long as the model may write, too.
/// </summary>
internal sealed class PromptRehearsal<T>(TextStudy<T> study)
{
    private const int Short = 480, Long = 3_900, ShortReply = 256; // GEPA lets its proposer write more than 256 tokens, and takes instructions of up to 4,000 characters; the others refuse more than 500

    /// <summary>What the proposer of the study would be asked by the search and its controls.</summary>
    /// <param name="proposer">The proposer in the study file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Bill> BillAsync(ModelFile proposer, CancellationToken cancellationToken)
    {
        Price price = StudyModels.PriceOf(study.File, proposer);
        using CountingClient client = new(price, (calls, options) => Instruction(calls, options, study.File.Search.Layout == LayoutFile.Tuned));
        Arm<T> search = new("found", ArmRole.Search, study.SearchBy(client).Search, study.File.Search.Rollouts is { } rollouts ? Budget.Rollouts(rollouts) : Budget.Unlimited);
        string folder = Directory.CreateTempSubdirectory("ansatz-dry-run-").FullName;
        try
        {
            Study<T> scratch = Study.Open(
                Path.Combine(folder, "scratch.db"),
                new DrawnScores(study.Goal, study.LongestTrace, study.File.Model.IsEndpoint || study.Scorer is not LabelScorer ? PromptFiles.SolverOf(study.File).MaxReplyTokens : 0),
                search.Optimizer,
                search.Budget,
                study.File.Seed,
                new() { Name = "dry run", Controls = [.. study.Controls(search).Where(c => c.Role is ArmRole.Yours || c.Optimizer is not FixedFilling<T>)] });
            await using (scratch.ConfigureAwait(false))
            {
                await foreach (StudyEvent _ in scratch.RunAsync(cancellationToken).ConfigureAwait(false))
                {
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return new($"its proposer {proposer.Name} at {proposer.BaseUrl}", client.Least, client.Most, IsEstimate: true);
    }

    // Of the length that searches allow, and never the same.
    private static string Instruction(long calls, ChatOptions options, bool isInBrackets)
    {
        Rng rng = new(calls, "reply");
        int characters = options.MaxOutputTokens > ShortReply ? Long : Short;
        string instruction = string.Join(' ', Enumerable.Range(0, characters / 8).Select(_ => string.Concat(Enumerable.Range(0, 7).Select(_ => (char)('a' + rng.Next(26))))));
        return isInBrackets ? $"[{instruction}]" : instruction;
    }

    /// <summary>The objective of the study with other outcomes: right or wrong, drawn from the candidate and the item, and as long an answer as there may be.</summary>
    private sealed class DrawnScores(Objective<T> of, string? trace, int answerTokens) : Objective<T>
    {
        private readonly string? _answer = answerTokens == 0 ? null : new('x', CountingClient.BytesPerToken * answerTokens);

        public override JsonObject Identity => new() { ["use"] = "rehearsal" };

        public override Scale Scale => of.Scale;

        public override JsonTypeInfo<T> Codec => of.Codec;

        public override OpenPart<T> Open => of.Open;

        public override int Count(Split split) => of.Count(split);

        public override string ItemHash(Split split, int item) => of.ItemHash(split, item);

        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<T> ask, Replies replies, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(i => new Scored(ScoreOf(ask, i), _answer) { Trace = ask.Split == Split.Train ? trace : null })]);

        // The first validation item is never right: a candidate without a fault would end some searches.
        private static double ScoreOf(Ask<T> ask, int item) => ask.Split == Split.Validation && item == 0 ? 0 : new Rng(item, $"{ask.Split}/{ask.Candidate.Id}").Next(2);
    }
}
