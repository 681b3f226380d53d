using System.Collections.Immutable;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

/// <summary>The whole way once, on the embedded model.</summary>
public sealed class EmbeddedModelTests
{
    private static readonly (string, string)[] Reviews =
    [
        ("The sound is wonderful and the battery lasts for days.", "praise"),
        ("It broke after two days and nobody answers my mails.", "complaint"),
        ("Great phone, I love it.", "praise"),
        ("Terrible quality, a waste of money.", "complaint"),
        ("Works perfectly, I am very happy with it.", "praise"),
        ("The worst headset that I ever bought.", "complaint"),
        ("Excellent case and a very good price.", "praise"),
        ("Poor reception, I am sending it back.", "complaint"),
        ("I recommend this charger to everybody, it is fantastic.", "praise"),
        ("The screen was dead on arrival, very disappointing.", "complaint"),
        ("A beautiful design and easy to use.", "praise"),
        ("Do not buy this junk.", "complaint"),
    ];

    [Fact]
    public async Task Studies_FewShotSearchAndOpro_RunAndReplayWithoutAskingAgain()
    {
        using TempFolder folder = new();
        using EmbeddedModel model = EmbeddedModel.Load(new() { Requantize = false, ContextTokens = 1024 });
        DataSplits splits = Dataset.FromRows(Reviews, "reviews").Split(train: 4, validation: 4, test: 4, seed: 1);
        PromptPart part = new(
            PromptTemplate.Parse("{instruction}{demonstrations}Review: {text}\nSentiment: {answer}"),
            splits,
            new() { Instruction = "Sort the review.", Labels = [new("praise", "positive"), new("complaint", "negative")] },
            new() { Instruction = new(), Demonstrations = new() { UpTo = 2 } });
        PromptObjective objective = new(part, new LabelScorer(), model, "reviews");
        Proposer proposer = new(model.Identity, async (request, cancellationToken) =>
        {
            Completion completion = await model.CompleteAsync(
                request.Text,
                new()
                {
                    Temperature = request.Temperature,
                    TopP = request.TopP,
                    MaxTokens = request.MaxTokens,
                    Seed = request.Seed,
                    Stop = request.Stop is null ? [] : [request.Stop],
                },
                cancellationToken);
            return new(completion.Text, completion.PromptTokens, completion.CompletionTokens);
        });
        Optimizer<Prompt>[] searches =
        [
            new FewShotSearch { Candidates = 3, Finalists = 2, Simplify = new() { MaxTries = 1 } },
            new Opro(proposer) { Steps = 1, PerStep = 2, Layout = OproLayout.Pretrained, MaxTokens = 16, Finalists = 1, Simplify = null },
        ];
        foreach (Optimizer<Prompt> search in searches)
        {
            Study<Prompt> Open() => Study.Open(
                folder.File("study.db"), objective, search, Budget.Unlimited, options: new() { Name = search.GetType().Name, Controls = [Arm<Prompt>.OfYours()] });

            ImmutableArray<string> history = await StudyRunner.HistoryAsync(Open(), judge: true);
            Assert.True(history.Length > 5);
            await using Study<Prompt> again = Open();
            await foreach (StudyEvent e in again.RunAsync(TestContext.Current.CancellationToken))
            {
                Assert.False(e is BlockEvaluated { IsReplayed: false } or CallAnswered { IsReplayed: false });
            }
        }

        // Called positive and negative, and without an instruction, the model sorts such plain sentences.
        Candidate<Prompt> labels = new(part.Yours with { Instruction = "" }, "0", [], "labels");
        ImmutableArray<Outcome> outcomes = [];
        foreach (Split split in Enum.GetValues<Split>())
        {
            outcomes = [.. outcomes, .. await objective.EvaluateAsync(new(labels, split, [0, 1, 2, 3]), Replies.None, TestContext.Current.CancellationToken)];
        }

        Assert.True(outcomes.MeanScore(Scale.Binary) >= 0.75, $"{outcomes.MeanScore(Scale.Binary)}");
        Assert.All(outcomes.OfType<Scored>(), o => Assert.InRange(o.Probability!.Value, 0.01, 0.9999));
    }
}
