using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>A function of reply and item as a scorer. It must be pure: an outcome may depend on nothing else.</summary>
/// <param name="name">What it is called.</param>
/// <param name="version">Name and version are its identity: a study does not go on with a scorer of another version, so count up when the function changes.</param>
/// <param name="scale">What its scores are.</param>
/// <param name="score">Gives <see cref="Scored"/>, or <see cref="Rejected"/> with the reply where that is no answer. An empty reply does not reach it. What it throws goes through.</param>
public sealed class FunctionScorer(string name, string version, Scale scale, Func<string, TextItem, Outcome> score) : RuleScorer
{
    /// <inheritdoc />
    public override Scale Scale => scale;

    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "function", ["name"] = name, ["version"] = version };

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings) => score(reply, item);
}
