using Microsoft.Extensions.AI;

namespace Ansatz.LocalModels;

/// <summary>How a text goes on.</summary>
/// <param name="Text">The continuation, without the stop string that ended it.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens generated, the one that ended the text included.</param>
/// <param name="FinishReason"><see cref="ChatFinishReason.Stop"/>: the model ended it, or a stop string did; <see cref="ChatFinishReason.Length"/>: it was cut off.</param>
public sealed record Completion(string Text, int PromptTokens, int CompletionTokens, ChatFinishReason FinishReason);
