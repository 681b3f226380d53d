using System.Globalization;

namespace Ansatz.Language;

/// <summary>A call of an endpoint failed and will be tried again: told while it happens, so that a face can say why nothing moves.</summary>
/// <param name="Server">Address of the server.</param>
/// <param name="Model">The name of the model there.</param>
/// <param name="Call">Which call of this endpoint, from 1.</param>
/// <param name="Tried">How often it was tried so far.</param>
/// <param name="Why">What went wrong, in a few words: "429 (too many requests)".</param>
/// <param name="Pause">How long it waits before the next try.</param>
public sealed record EndpointRetry(string Server, string Model, int Call, int Tried, string Why, TimeSpan Pause)
{
    /// <summary>The same in a sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Server}: {Why}; call {Call:N0} is tried again in {Pause.TotalSeconds:0.#} s (try {Tried + 1}).");
}
