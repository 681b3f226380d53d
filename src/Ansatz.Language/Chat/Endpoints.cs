using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>Models by name. The face that a person uses fills it: "embedded" is its default, and it knows where that model lies.</summary>
/// <remarks>Fill it before use; reading is thread-safe.</remarks>
public sealed class Endpoints
{
    /// <summary>The name of the model that ships here.</summary>
    public const string Embedded = "embedded";

    private readonly SortedDictionary<string, Func<IChatClient>> _openers = new(StringComparer.Ordinal);

    /// <summary>The names, sorted.</summary>
    public IReadOnlyCollection<string> Names => _openers.Keys;

    /// <summary>Adds a model under a name; a later one takes the place of an earlier one.</summary>
    /// <param name="name">The name, as a study file says it.</param>
    /// <param name="open">Opens it; called once for each <see cref="Open"/>.</param>
    public void Add(string name, Func<IChatClient> open)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(open);
        _openers[name] = open;
    }

    /// <summary>Opens a model; the caller disposes of it.</summary>
    /// <exception cref="InputException">There is no model of that name.</exception>
    public IChatClient Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _openers.TryGetValue(name, out Func<IChatClient>? open)
            ? open()
            : throw new InputException($"There is no model \"{name}\"; the models are: {string.Join(", ", Names)}.{Nearest.Question(name, Names)}");
    }
}
