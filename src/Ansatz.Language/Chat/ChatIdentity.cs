using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>Which chat model it is: address and name, never a key.</summary>
public static class ChatIdentity
{
    /// <summary>Provider, address and name, as far as the model tells them.</summary>
    public static JsonObject Of(IChatClient model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ChatClientMetadata? metadata = model.GetService<ChatClientMetadata>();
        return new()
        {
            ["provider"] = metadata?.ProviderName,
            ["url"] = metadata?.ProviderUri?.AbsoluteUri,
            ["name"] = metadata?.DefaultModelId,
        };
    }
}
