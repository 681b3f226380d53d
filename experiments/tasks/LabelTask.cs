using System.Collections.Immutable;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Experiments.Tasks;

/// <summary>A task of the experiments with the embedded model: its data for each seed, its template, and what people would write.</summary>
public sealed record LabelTask
{
    /// <summary>How many disjoint sets of train and validation items a task has.</summary>
    public const int Seeds = 10;

    /// <summary>What files of it are called.</summary>
    public required string Name { get; init; }

    /// <summary>What the seeds differ in, and on what they are judged, in a sentence.</summary>
    public required string Data { get; init; }

    /// <summary>What the items are called.</summary>
    public required string Noun { get; init; }

    /// <summary>The locked text.</summary>
    public required PromptTemplate Template { get; init; }

    /// <summary>The user's own instruction.</summary>
    public required string Yours { get; init; }

    /// <summary>Five more that a person would write.</summary>
    public required ImmutableArray<string> HandWritten { get; init; }

    /// <summary>The most demonstrations of a prompt.</summary>
    public required int Demonstrations { get; init; }

    /// <summary>The items of a seed, from 1.</summary>
    public required Func<int, DataSplits> Splits { get; init; }

    /// <summary>Wordings of the labels where they are open; none where they are closed.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>>? Wordings { get; init; }

    /// <summary>The open part of a seed's study.</summary>
    public PromptPart Part(int seed) => new(
        Template,
        Splits(seed),
        new() { Instruction = Yours },
        new()
        {
            Instruction = new() { Options = HandWritten },
            Demonstrations = new() { UpTo = Demonstrations },
            Labels = Wordings is null ? null : new() { Wordings = Wordings },
        });

    /// <summary>What a seed's study climbs: the right label by log-probability.</summary>
    public PromptObjective Objective(PromptPart part, EmbeddedModel model) => new(part, new LabelScorer(), model, Noun);

    /// <summary>The embedded model as a proposer that chats. A reply that is cut off at its limit is taken as it is: of a model of this size with a short limit, hardly one is not.</summary>
    public static Proposer Chat(EmbeddedModel model) => new(new() { ["chat"] = model.Identity }, async (request, cancellationToken) =>
    {
        ChatOptions options = new() { Temperature = request.Temperature, TopP = request.TopP, MaxOutputTokens = request.MaxTokens, Seed = request.Seed };
        ChatResponse response = await model.GetResponseAsync(request.Text, options, cancellationToken);
        return new(response.Text, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);
    });

    /// <summary>The embedded model as a proposer that goes on with a plain text, which suits it better than its chat template.</summary>
    public static Proposer Propose(EmbeddedModel model) => new(model.Identity, async (request, cancellationToken) =>
    {
        Completion completion = await model.CompleteAsync(
            request.Text,
            new() { MaxTokens = request.MaxTokens, Temperature = request.Temperature, TopP = request.TopP, Seed = request.Seed, Stop = request.Stop is null ? [] : [request.Stop] },
            cancellationToken);
        return new(completion.Text, completion.PromptTokens, completion.CompletionTokens);
    });
}
