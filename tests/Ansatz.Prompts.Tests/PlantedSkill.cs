using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;

namespace Ansatz.Prompts.Tests;

/// <summary>
/// Prompts of known quality: a prompt is right on an item where its skill, give or take a little, is above the item's hardness in [0, 1]. No model, no probabilities. It refuses an
/// item under a prompt that contains it, as the real objective does.
/// </summary>
internal sealed class PlantedSkill(PromptPart part, Func<Prompt, double> skill, Func<TextItem, double>? hardness = null) : Objective<Prompt>
{
    public override JsonObject Identity => new() { ["planted"] = "skill" };

    public override Scale Scale => Scale.Binary;

    public override JsonTypeInfo<Prompt> Codec => Prompt.Codec;

    public override OpenPart<Prompt> Open => part;

    public override int Count(Split split) => part.Splits[split].Length;

    public override string ItemHash(Split split, int item) => part.Splits[split][item].Hash;

    public double SkillOf(Prompt prompt) => skill(prompt);

    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Prompt> ask, Replies replies, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<Outcome>>(
        [
            .. ask.Items.Select(i =>
            {
                TextItem item = part.Splits[ask.Split][i];
                if (part.Contains(ask.Candidate.Value, item))
                {
                    throw new InvalidOperationException($"The prompt contains \"{item}\".");
                }

                double hard = hardness?.Invoke(item) ?? new Rng(0, item.Hash).NextDouble();
                bool isRight = skill(ask.Candidate.Value) + (0.1 * new Rng(0, item.Hash + ask.Candidate.Id).NextGaussian()) > hard;
                return isRight ? new Scored(1, item.Answer) : new Scored(0, part.Labels.First(l => l != item.Answer));
            }),
        ]);
}
