using System.Collections.Immutable;

namespace Ansatz.Programs;

/// <summary>The inputs on which programs are scored, split. Immutable.</summary>
/// <typeparam name="TInput">What a scorer runs a program on: an instance of a problem, a row.</typeparam>
public sealed class Inputs<TInput>
{
    private readonly ImmutableArray<(TInput Input, string Text)> _train, _validation, _test;

    /// <summary>Inputs that are split already.</summary>
    /// <param name="train">On these a search scores.</param>
    /// <param name="validation">These choose the winner; none: the train inputs do.</param>
    /// <param name="test">The judge's; none: the verdict is over seeds alone.</param>
    /// <param name="text">An input as text that tells it apart from every other; its hash is all that is stored.</param>
    /// <exception cref="InputException">There is no train input, or an input stands in two splits.</exception>
    public Inputs(IEnumerable<TInput> train, IEnumerable<TInput> validation, IEnumerable<TInput> test, Func<TInput, string> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (_train, _validation, _test) = (WithText(train), WithText(validation), WithText(test));
        if (_train.IsEmpty)
        {
            throw new InputException("There are no train inputs: a program has to be scored on something.");
        }

        if (_validation.IsEmpty && !_test.IsEmpty)
        {
            throw new InputException("There are test inputs but no validation inputs: without them the train inputs would choose the winner, and the test would show how far they overfit. Give some of them to validation.");
        }

        Dictionary<string, Split> places = [];
        foreach (Split split in Enum.GetValues<Split>())
        {
            ImmutableArray<(TInput Input, string Text)> inputs = Of(split);
            for (int i = 0; i < inputs.Length; i++)
            {
                if (!places.TryAdd(inputs[i].Text, split) && places[inputs[i].Text] != split)
                {
                    throw new InputException($"{split} input {i} stands in the {places[inputs[i].Text]} split as well: what a search has seen cannot judge it.");
                }
            }
        }

        ImmutableArray<(TInput, string)> WithText(IEnumerable<TInput> inputs) => [.. inputs.Select(i => (i, ContentHash.Of(text(i))))];
    }

    internal ImmutableArray<(TInput Input, string Text)> Of(Split split) => split switch
    {
        Split.Train => _train,
        Split.Validation => _validation,
        _ => _test,
    };
}
