using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>The models of a study of prompts, which may be one in several roles.</summary>
/// <param name="Solver">Who answers.</param>
/// <param name="Grader">Who grades; none where a rule says what is right.</param>
/// <param name="Proposer">Who proposes; none where the search proposes by itself.</param>
internal sealed record PromptModels(IChatClient Solver, IChatClient? Grader, IChatClient? Proposer) : IDisposable
{
    /// <summary>Opens them.</summary>
    /// <exception cref="InputException">One cannot be opened; the message says where.</exception>
    public static PromptModels Open(ReadStudyFile read, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open)
    {
        StudyFile file = read.Study;
        PromptModels models = new(StudyModels.OpenModel(read, "model", file.Model, folder, endpoints, open), null, null);
        try
        {
            models = models with { Grader = file.Scorer.Grader is { } grader ? Opened("scorer.grader", grader) : null };
            models = models with { Proposer = PromptSearches.HasProposer(file.Search.Use) ? Opened("search.proposer", file.Search.Proposer ?? file.Model) : null };
            return models;
        }
        catch
        {
            models.Dispose();
            throw;
        }

        IChatClient Opened(string place, ModelFile other) => StudyModels.IsSame(other, file.Model) ? models.Solver : StudyModels.OpenModel(read, place, other, folder, endpoints, open);
    }

    /// <summary>What counts as right: the rule, or the grader's word.</summary>
    public Scorer ScorerOf(StudyFile file, RuleScorer? rule) =>
        rule is not null ? rule : StudyScorers.Graded(file.Scorer, Grader!, StudyModels.PriceOf(file, file.Scorer.Grader!));

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IChatClient each in ((IChatClient?[])[Solver, Grader, Proposer]).OfType<IChatClient>().Distinct())
        {
            each.Dispose();
        }
    }
}
