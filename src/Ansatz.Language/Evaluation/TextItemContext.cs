using Microsoft.Extensions.AI.Evaluation;

namespace Ansatz.Language;

/// <summary>An item with its right answer, as an evaluator of Microsoft.Extensions.AI.Evaluation gets it.</summary>
/// <param name="item">The item.</param>
public sealed class TextItemContext(TextItem item) : EvaluationContext("Item with its right answer", (item ?? throw new ArgumentNullException(nameof(item))).ToString())
{
    /// <summary>The item.</summary>
    public TextItem Item { get; } = item;
}
